"""Requests of one source that arrive together become one flush; each is answered when that is safe."""

import asyncio
import time
from collections.abc import Callable, Mapping

from pdm.chain.acquisition.columns import MOST_CHANNELS, Columns, merge
from pdm.chain.acquisition.pack import Packed, frontier_only, pack
from pdm.errors import BrokerError
from pdm.gateway.outlet import Outlet
from pdm.gateway.silence import Silence
from pdm.metrics import FLUSH_SECONDS
from pdm.records.block import Machine, Source

LINGER_S = 0.04
"""How long a request waits for others to go with: each flush is a message on every quantity topic of every
partition, and a message costs a worker as much as a thousand readings."""
MOST_ROWS = 40_000
"""Readings after which a flush goes without waiting."""
MOST_WAITING = 2_000_000
"""Readings that may wait for the broker; then clients are told to come later."""


class Flush:
    """Readings of one source on their way; `done` is decided when the broker has them, or will not."""

    def __init__(self, done: asyncio.Future[None]) -> None:
        self.parts: list[Columns] = []
        self.rows = self.channels = 0
        self.done = done

    def add(self, columns: Columns) -> None:
        """Put one more request in."""
        self.parts.append(columns)
        self.rows += len(columns)
        self.channels += len(columns.channels)


class Flusher:
    """Collects and sends. The flushes of a source go in the order in which their requests came."""

    def __init__(
        self,
        outlet: Outlet,
        partitions: int,
        silence: Silence,
        clock_ns: Callable[[], int] = time.time_ns,
        linger_s: float = LINGER_S,
    ) -> None:
        self._outlet, self._partitions, self._silence = outlet, partitions, silence
        self._clock_ns, self._linger_s = clock_ns, linger_s
        self._open: dict[Source, Flush] = {}
        self._sending: dict[asyncio.Task[None], Source] = {}
        self._rows = 0

    async def deliver(self, source: Source, columns: Columns) -> None:
        """Send readings, and return when they are safe; raises BrokerError."""
        if self._rows > MOST_WAITING:
            raise BrokerError(f"{self._rows} readings are waiting for the broker")
        flush = self._open.get(source)
        if flush is not None and flush.channels + len(columns.channels) > MOST_CHANNELS:
            self._go(source, flush)
            flush = None
        if flush is None:
            flush = self._begin(source)
        flush.add(columns)
        self._rows += len(columns)
        if flush.rows >= MOST_ROWS:
            self._go(source, flush)
        await asyncio.shield(flush.done)

    async def close_frames(
        self, source: Source, frontiers: Mapping[Machine, int], watched: Mapping[Machine, int] | None = None
    ) -> None:
        """Send frontiers behind everything the source has delivered; raises BrokerError.

        watched : up to when nothing came beyond them, see `Block`
        """
        if source in self._open:
            self._go(source, self._open[source])
        before = [task for task, whose in self._sending.items() if whose == source]
        if before:
            await asyncio.wait(before)
        await self._send(frontier_only(frontiers, source, self._partitions, self._clock_ns(), watched))

    async def drain(self) -> None:
        """Send what is waiting, and return when nothing is on its way any more."""
        for source, flush in list(self._open.items()):
            self._go(source, flush)
        if self._sending:
            await asyncio.wait(list(self._sending))

    def _begin(self, source: Source) -> Flush:
        """Open a flush, and the time until it goes."""
        loop = asyncio.get_running_loop()
        flush = self._open[source] = Flush(loop.create_future())
        flush.done.add_done_callback(_seen)
        loop.call_later(self._linger_s, self._go, source, flush)
        return flush

    def _go(self, source: Source, flush: Flush) -> None:
        """Send a flush, unless it went already."""
        if self._open.get(source) is flush:
            del self._open[source]
            task = asyncio.get_running_loop().create_task(self._carry(source, flush))
            self._sending[task] = source
            task.add_done_callback(lambda ended: self._sending.pop(ended, None))

    async def _carry(self, source: Source, flush: Flush) -> None:
        """Send one flush, and tell everybody who waits for it."""
        try:
            columns = merge(flush.parts)
            await self._send(pack(columns, source, self._partitions, self._clock_ns()))
            self._silence.heard(source, columns, self._clock_ns())
            flush.done.set_result(None)
        except Exception as error:  # noqa: BLE001 - whoever waits must be told, whatever it was
            self._silence.awaited(source, [a for p in flush.parts for a in p.assets], self._clock_ns())
            flush.done.set_exception(error)
        finally:
            self._rows -= flush.rows

    async def _send(self, blocks: list[Packed]) -> None:
        """Send blocks and measure how long the broker took."""
        with FLUSH_SECONDS.time():
            await self._outlet.send(blocks)


def _seen(done: asyncio.Future[None]) -> None:
    """Take note of an error that nobody may wait for any more: its client has gone."""
    if not done.cancelled():
        done.exception()
