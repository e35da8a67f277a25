"""A Faust consumer that passes on everything it has fetched.

Faust drops what it had fetched for a topic when that is paused, although the position has moved on; and
after a seek it drops what comes again, because messages still on their way have moved its filter. Both
leave gaps. Which message is due is decided by our own sequence rule, so here nothing is filtered.
"""

from typing import Any

import faust
from faust.types import TP


class ReadFromAnywhere(dict[TP, int | None]):
    """Offsets read so far, as a filter that lets everything pass."""

    def __getitem__(self, tp: TP) -> None:
        return None


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

    transport: Any = app.transport
    transport.Consumer = Consumer


async def commit(app: faust.App, offsets: dict[TP, int]) -> None:
    """Tell Kafka where to go on, so that the lag that people see is true.

    Faust itself commits no further than the first gap in its acknowledgements.
    """
    consumer: Any = app.consumer
    await consumer._commit(offsets)  # noqa: SLF001  (there is no public way)
