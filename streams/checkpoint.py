"""The checkpoint: outputs, then state, then cursor, then acknowledgement, each confirmed by the broker.

State before outputs, or an acknowledgement before either, loses events when a worker is killed in
between. A rebalance in the middle drops everything pending: the next owner starts from the cursor.
"""

import asyncio
import time
from collections.abc import Awaitable
from typing import Any

import faust
import msgspec

from pdm import metrics
from streams.app import Delivery, Stream, letters
from streams.core import Core, Message

CURSOR = "cursor"


class Partition:
    """One partition of a stage: its core, and what has been sent but not yet confirmed."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.sent: list[Awaitable[Any]] = []
        self.taken: list[tuple[int, Delivery]] = []
        """Messages to acknowledge, each with the index of its topic."""
        self.saved = core.cursor()
        """Newest offset by topic that a crash cannot undo."""


class Checkpoint:
    """Saves the partitions of one stage in a changelog table, and loads them from it."""

    def __init__(self, app: faust.App, stage: str) -> None:
        self.generation = 0
        self.partitions: dict[int, Partition] = {}
        self._stage = stage
        self._lock = asyncio.Lock()
        self._outlets: dict[str, faust.Topic] = {}
        self._app = app
        self._table = app.Table(
            "state",
            partitions=app.conf.topic_partitions,
            use_partitioner=True,
            key_type=bytes,
            value_type=bytes,
        )

    def forget(self) -> None:
        """Drop the state of every partition and all that is pending: a rebalance has begun or ended."""
        self.generation += 1
        self.partitions.clear()

    def load(self, partition: int, core: Core) -> Partition:
        """Bring a partition back from the changelog, as it was at its last checkpoint."""
        prefix = f"{partition}/".encode()
        rows = {
            bytes(key)[len(prefix) :].decode(): bytes(value)
            for key, value in self._table.data.items()
            if bytes(key).startswith(prefix)
        }
        cursor = rows.pop(CURSOR, None)
        if cursor is not None:
            core.restore(rows, msgspec.msgpack.decode(cursor, type=list[int]))
        self.partitions[partition] = Partition(core)
        return self.partitions[partition]

    async def send(self, partition: int, message: Message) -> Awaitable[Any]:
        """Send a message; it counts as sent when what is returned has been awaited."""
        topic = self._outlets.get(message.topic)
        if topic is None:
            topic = self._outlets[message.topic] = letters(self._app, message.topic)
        sent: Awaitable[Any] = await topic.send(key=message.key, value=message.value, partition=partition)
        return sent

    async def save(self, stream: Stream) -> None:
        """Make everything eaten so far durable, then acknowledge it."""
        async with self._lock:
            began, generation = time.monotonic(), self.generation
            cuts = [(p, part, *self._cut(part)) for p, part in self.partitions.items() if part.taken]
            for p, part, rows, cursor, sent in cuts:
                for view in part.core.views():
                    await self.send(p, view)
                saved = [self._write(p, name, row) for name, row in rows.items()]
                for step in (sent, saved):
                    await asyncio.gather(*step)
                    if generation != self.generation:
                        return
                await self._write(p, CURSOR, msgspec.msgpack.encode(cursor))
                if generation != self.generation:
                    return
                await self._acknowledge(stream, part, cursor)
            if cuts:
                metrics.CHECKPOINT_SECONDS.labels(self._stage).observe(time.monotonic() - began)

    def _cut(self, part: Partition) -> tuple[dict[str, bytes], list[int], list[Awaitable[Any]]]:
        """Take one consistent cut, before anything is awaited: new messages keep arriving meanwhile."""
        sent, part.sent = part.sent, []
        rows = part.core.rows()
        return rows, part.core.cursor(), sent

    def _write(self, partition: int, name: str, row: bytes) -> Awaitable[Any]:
        """Write a row to the changelog; `table[key] = row` would confirm nothing."""
        key = f"{partition}/{name}".encode()
        self._table.data[key] = row
        sent: Awaitable[Any] = self._table.send_changelog(partition, key, row)
        return sent

    async def _acknowledge(self, stream: Stream, part: Partition, cursor: list[int]) -> None:
        """Acknowledge what the cursor covers, and keep the rest for later."""
        part.saved = cursor
        done = [entry for entry in part.taken if entry[1].message.offset <= cursor[entry[0]]]
        part.taken = [entry for entry in part.taken if entry[1].message.offset > cursor[entry[0]]]
        for _, event in done:
            await stream.ack(event)
