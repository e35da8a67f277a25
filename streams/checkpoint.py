"""The checkpoint: outputs, then state, then cursor, then acknowledgement, each confirmed by the broker.

State before outputs, or an acknowledgement before either, loses events when a worker is killed in
between. A rebalance in the middle drops everything pending: the next owner starts from the cursor.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from functools import partial
from typing import Any

import faust
from faust.types import TP

from pdm import metrics
from pdm.state import parts
from streams.app import Delivery, Stream, letters
from streams.consumer import commit
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
        self.places: dict[str, tuple[int, int]] = {}
        """Where each row of the state is."""


class Checkpoint:
    """Saves the partitions of one stage in a changelog table, and loads them from it."""

    def __init__(self, app: faust.App, stage: str, topics: tuple[str, ...]) -> None:
        self.generation = 0
        self.partitions: dict[int, Partition] = {}
        self._stage = stage
        self._topics = topics
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
        prefix, places = f"{partition}/".encode(), dict[str, tuple[int, int]]()
        rows = ((bytes(key), value) for key, value in self._table.data.items())
        kept = {key[len(prefix) :].decode(): bytes(v) for key, v in rows if key.startswith(prefix)}
        if CURSOR in kept:
            cursor = parts.decode(kept[CURSOR])
            places = cursor.places
            saved = {name: parts.join(name, place, kept) for name, place in places.items()}
            core.restore(saved, cursor.newest)
        self.partitions[partition] = part = Partition(core)
        part.places = places
        return part

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
            for p, part, rows, newest, sent in cuts:
                for view in part.core.views():
                    await self.send(p, view)
                places = parts.moved(part.places, rows)
                cursor = parts.encode(parts.Cursor(newest, places))
                steps: tuple[Callable[[], Iterable[Awaitable[Any]]], ...] = (
                    partial(list[Awaitable[Any]], sent),
                    partial(self._write_rows, p, rows, places),
                    partial(self._write_cursor, p, cursor),
                )
                for step in steps:
                    await asyncio.gather(*step())
                    if generation != self.generation:
                        return
                self._drop(p, part.places, rows)
                part.places = places
                await self._acknowledge(stream, p, part, newest)
            if cuts:
                metrics.CHECKPOINT_SECONDS.labels(self._stage).observe(time.monotonic() - began)

    def _cut(self, part: Partition) -> tuple[dict[str, bytes], list[int], list[Awaitable[Any]]]:
        """Take one consistent cut, before anything is awaited: new messages keep arriving meanwhile."""
        sent, part.sent = part.sent, []
        rows = part.core.rows()
        return rows, part.core.cursor(), sent

    def _write_rows(
        self, partition: int, rows: dict[str, bytes], places: dict[str, tuple[int, int]]
    ) -> Iterator[Awaitable[Any]]:
        """Write rows part by part, when the outputs are safe and not before."""
        for name, row in rows.items():
            for key, content in parts.split(name, row, places[name]):
                yield self._write(partition, key, content)

    def _write_cursor(self, partition: int, cursor: bytes) -> list[Awaitable[Any]]:
        """Write the row with which all others begin to count."""
        return [self._write(partition, CURSOR, cursor)]

    def _drop(self, partition: int, places: dict[str, tuple[int, int]], rows: dict[str, bytes]) -> None:
        """Let go of the parts that no longer count; the changelog's are written over in their turn."""
        for name in rows.keys() & places.keys():
            for key, _ in parts.split(name, b"", places[name]):
                self._table.data.pop(f"{partition}/{key}".encode(), None)

    def _write(self, partition: int, name: str, row: bytes) -> Awaitable[Any]:
        """Write a row to the changelog; `table[key] = row` would confirm nothing."""
        key = f"{partition}/{name}".encode()
        self._table.data[key] = row
        sent: Awaitable[Any] = self._table.send_changelog(partition, key, row)
        return sent

    async def _acknowledge(self, stream: Stream, partition: int, part: Partition, cursor: list[int]) -> None:
        """Acknowledge what the cursor covers, and keep the rest for later."""
        part.saved = cursor
        part.core.confirmed()
        done = [entry for entry in part.taken if entry[1].message.offset <= cursor[entry[0]]]
        part.taken = [entry for entry in part.taken if entry[1].message.offset > cursor[entry[0]]]
        for _, event in done:
            await stream.ack(event)
        places = zip(self._topics, cursor, strict=True)
        await commit(self._app, {TP(topic, partition): newest + 1 for topic, newest in places})
