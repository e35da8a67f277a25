"""A Faust consumer that passes on everything it has fetched.

Faust drops what it had fetched for a topic when that is paused, although the position has moved on; and
after a seek it drops what comes again, because messages still on their way have moved its filter. Both
leave gaps. Which message is due is decided by our own sequence rule, so here nothing is filtered.

Nor does it wait long: one fetch is under way at a time, and it leaves out the partitions whose messages
have not been taken yet. Faust lets the broker keep it for 1.5 s when the others have nothing new, and a
backlog stands still meanwhile.
"""

from typing import Any

import faust
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread
from faust.types import TP

FETCH_WAIT_MS = 50
"""How long the broker may keep a fetch for which it has nothing."""


class ReadFromAnywhere(dict[TP, int | None]):
    """Offsets read so far, as a filter that lets everything pass."""

    def __getitem__(self, tp: TP) -> None:
        return None


class Thread(AIOKafkaConsumerThread):
    """The usual thread that fetches, less patient."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS  # noqa: SLF001  (Faust names it, and has no setting)
        return consumer


class Everything(set[TP]):
    """Topics whose fetched messages are passed on although they are paused: all."""

    def __contains__(self, tp: object) -> bool:
        return True


def pass_on_everything(app: faust.App) -> None:
    """Give an application this consumer."""
    usual: Any = app.transport.Consumer

    class Consumer(usual):  # type: ignore[misc]
        """The usual consumer without its filters."""

        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self._read_offset = ReadFromAnywhere()
            self._buffered_partitions = Everything()

        def _new_consumer_thread(self) -> Any:
            return Thread(self, loop=self.loop, beacon=self.beacon)

    transport: Any = app.transport
    transport.Consumer = Consumer


async def commit(app: faust.App, offsets: dict[TP, int]) -> None:
    """Tell Kafka where to go on, so that the lag that people see is true.

    Faust itself commits no further than the first gap in its acknowledgements.
    """
    consumer: Any = app.consumer
    await consumer._commit(offsets)  # noqa: SLF001  (there is no public way)
