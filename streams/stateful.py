"""A stage with state as a Faust agent: each message once and in turn, a checkpoint each second."""

import asyncio
import logging
import time
from collections.abc import Callable

import faust
import msgspec
from faust.types import TP

from pdm import metrics
from pdm.broker.topics import DEAD_LETTERS
from pdm.errors import KitError
from pdm.records.dead_letter import DeadLetter
from pdm.records.reading import Reason
from streams.app import Delivery, Stream, letters
from streams.checkpoint import Checkpoint, Partition
from streams.core import Core, Message
from streams.dead_letters import dead_letter
from streams.merging import Merge
from streams.pace import Pace
from streams.rewind import rewind, rewind_overdue
from streams.sequence import Sequence, Verdict

log = logging.getLogger(__name__)

EVERY_SECONDS = 1.0
MOST_PENDING = 500
"""Messages after which a checkpoint is due at once."""


class Stateful:
    """Reads some topics, partition by partition, into cores whose state survives any crash."""

    def __init__(
        self, app: faust.App, stage: str, topics: tuple[str, ...], new_core: Callable[[], Core]
    ) -> None:
        self._app = app
        self._stage = stage
        self._topics = topics
        self._index = {name: index for index, name in enumerate(topics)}
        self._new_core = new_core
        self._checkpoint = Checkpoint(app, stage, topics)
        self._sequences: dict[TP, Sequence] = {}
        self._pace = Pace(app)
        self._merge = Merge(app, topics)
        self._turn = asyncio.Lock()
        self._stream: Stream | None = None
        self._due = asyncio.Event()
        self._fresh = 0
        """Messages handled since the last checkpoint began."""
        app.agent(letters(app, *topics), name=f"{stage}-agent")(self._read)
        app.task(self._save_again_and_again)
        for signal in (app.on_partitions_revoked, app.on_partitions_assigned, app.on_rebalance_complete):
            signal.connect(self._forget, weak=False)

    async def _forget(self, *_: object, **__: object) -> None:
        """A rebalance: whoever owns a partition now starts from its last checkpoint."""
        self._checkpoint.forget()
        self._sequences.clear()
        self._pace.forget()
        self._merge.forget()

    async def _read(self, stream: Stream) -> None:
        """Handle messages one by one; `noack` returns the stream that does not acknowledge by itself."""
        self._stream = manual = stream.noack()
        async for event in manual.events():
            await self._handle(manual, event)
            if self._fresh >= MOST_PENDING:
                self._due.set()

    async def _handle(self, stream: Stream, event: Delivery) -> None:
        topic, partition, offset = event.message.topic, event.message.partition, event.message.offset
        part = self._checkpoint.partitions.get(partition) or self._load(partition)
        sequence = self._sequences[TP(topic, partition)]
        verdict = sequence.judge(offset, time.monotonic())
        if verdict is Verdict.REPEAT and offset <= part.saved[self._index[topic]]:
            await stream.ack(event)
        elif verdict is Verdict.REWIND:
            await rewind(self._app, self._stage, TP(topic, partition), sequence)
        elif verdict is Verdict.TAKE:
            self._pace.got(topic, partition, offset)
            self._merge.put(event)
            await self._drain(partition, self._pace.coming)

    async def _drain(self, partition: int, coming: Callable[[TP], bool]) -> None:
        """Handle what has been received, in the order in which the broker got it."""
        async with self._turn:
            while (part := self._checkpoint.partitions.get(partition)) is not None:
                event = self._merge.take(partition, coming)
                if event is None:
                    return
                await self._eat(part, event)
                self._pace.ate(event.message.topic, partition, event.message.offset)

    def _load(self, partition: int) -> Partition:
        """Bring a partition back, with the offsets it goes on from."""
        part = self._checkpoint.load(partition, self._new_core())
        for topic, newest in zip(self._topics, part.core.cursor(), strict=True):
            self._sequences[TP(topic, partition)] = Sequence(newest + 1)
            self._pace.begin(topic, partition, newest)
        return part

    async def _eat(self, part: Partition, event: Delivery) -> None:
        """Let the core have the message, and send what it makes of it; a poison message is put aside."""
        message = event.message
        topic, partition, offset = self._index[message.topic], message.partition, message.offset
        try:
            outputs = part.core.eat(topic, offset, event.value)
        except KitError:
            raise
        except (msgspec.MsgspecError, ValueError) as error:
            outputs = self._put_aside(part, event, Reason.MALFORMED, str(error))
        except Exception as error:
            log.exception("%s/%s/%s could not be handled", message.topic, partition, offset)
            outputs = self._put_aside(part, event, Reason.BUG, repr(error))
        for output in outputs:
            target = 0 if output.topic == DEAD_LETTERS else partition
            part.sent.append(await self._checkpoint.send(target, output))
        # It may wait long for its acknowledgement, until every chunk has been saved: without its bytes.
        event.message.value = event.value = None
        part.taken.append((topic, event))
        self._fresh += 1
        metrics.BLOCKS.labels(self._stage).inc()
        metrics.PROGRESS.labels(self._stage).set(time.time())

    def _put_aside(self, part: Partition, event: Delivery, reason: Reason, detail: str) -> list[Message]:
        part.core.skip(self._index[event.message.topic], event.message.offset)
        letter: DeadLetter = dead_letter(event.message, event.value, reason, detail)
        metrics.DEAD_LETTERS.labels(reason).inc()
        if self._stage != "align":  # whose account counts each of them once
            metrics.RECORDS.labels(self._stage, "dead_letter").inc()
        return [Message(DEAD_LETTERS, letter.key, msgspec.msgpack.encode(letter))]

    async def _save_again_and_again(self) -> None:
        """Save each second, or as soon as enough is pending."""
        self._app.producer.buffer.max_messages = 1_000_000
        while not self._app.should_stop:
            await self._wait()
            self._fresh = 0
            if self._stream is not None:
                await self._checkpoint.save(self._stream)
            await rewind_overdue(self._app, self._stage, self._sequences)
            for partition in self._merge.stuck():
                await self._drain(partition, _nothing)
            self._pace.show_lag(self._stage)

    async def _wait(self) -> None:
        """Wait until the next checkpoint is due."""
        try:
            await asyncio.wait_for(self._due.wait(), EVERY_SECONDS)
        except TimeoutError:
            return
        finally:
            self._due.clear()


def _nothing(_tp: TP) -> bool:
    """Say that nothing is on its way: what was waited for has not come within a second."""
    return False
