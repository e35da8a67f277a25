"""Machines that fall silent: a heartbeat closes their last frames, since no later reading will."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping

import numpy as np
from msgspec import Struct

from pdm.chain.acquisition.clock import closing, newest
from pdm.chain.acquisition.columns import Columns
from pdm.errors import BrokerError
from pdm.gateway.outlet import WAIT_S
from pdm.instant import NS
from pdm.records.block import Machine, Source

log = logging.getLogger(__name__)

GRACE_NS = NS
"""How much longer than its lateness a machine may be silent before its last frame is closed."""
BEAT_S = 0.5
"""How often somebody looks for machines that fell silent."""

Frontiers = Mapping[Machine, int]


class _Heard(Struct, frozen=True):
    """What a machine last delivered: data time, and when it came by the wall clock."""

    machine: Machine
    time: int
    at: int


class Silence:
    """Remembers when each live machine was last heard; those heard longest ago come first.

    A replay run has no heartbeat: it says itself when it ends, and a pause in it means nothing.
    """

    def __init__(self, frame_ns: int) -> None:
        self._frame_ns = frame_ns
        self._sources: dict[Source, dict[str, _Heard]] = {}

    def heard(self, source: Source, columns: Columns, now_ns: int) -> None:
        """Note readings that are safe."""
        if source.run or not len(columns):
            return
        known = self._sources.setdefault(source, {})
        used, machine = np.unique(columns.machine, return_inverse=True)
        times = newest(machine, columns.time, len(used)).tolist()
        for index, time_ns in zip(used.tolist(), times, strict=True):
            asset = columns.assets[index]
            before = known.pop(asset, None)
            last = max(time_ns, before.time) if before else time_ns
            known[asset] = _Heard(Machine(asset, columns.classes[index]), last, now_ns)

    def awaited(self, source: Source, assets: Iterable[str], now_ns: int) -> None:
        """Note readings that the broker did not take: their sender will come again when it has waited."""
        known = self._sources.get(source, {})
        for asset in assets:
            before = known.pop(asset, None)
            if before:
                known[asset] = _Heard(before.machine, before.time, now_ns + WAIT_S * NS)

    def forget(self, source: Source, assets: Iterable[str]) -> None:
        """Forget machines whose frames are closed."""
        known = self._sources.get(source, {})
        for asset in assets:
            known.pop(asset, None)
        if not known:
            self._sources.pop(source, None)

    def due(self, now_ns: int) -> dict[Source, Frontiers]:
        """Find the machines that fell silent, each with the frontier that closes its last frame."""
        found: dict[Source, Frontiers] = {}
        for source, known in self._sources.items():
            frontiers = dict(self._silent(source, known, now_ns))
            if frontiers:
                found[source] = frontiers
        return found

    def _silent(self, source: Source, known: dict[str, _Heard], now_ns: int) -> Iterable[tuple[Machine, int]]:
        """Walk over the machines of a source from the one heard longest ago."""
        for heard in known.values():
            if now_ns - heard.at <= source.lateness_ns + GRACE_NS:
                return
            yield heard.machine, closing(heard.time, self._frame_ns, source.lateness_ns)


async def beat(
    silence: Silence,
    close_frames: Callable[[Source, Frontiers], Awaitable[None]],
    clock_ns: Callable[[], int] = time.time_ns,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Close the frames of silent machines, until cancelled; what the broker does not take is tried again."""
    while True:
        await pause(BEAT_S)
        for source, frontiers in silence.due(clock_ns()).items():
            try:
                await close_frames(source, frontiers)
            except BrokerError as error:
                log.info("no heartbeat for %d machines of %s: %s", len(frontiers), source.name, error)
                continue
            silence.forget(source, [machine.asset for machine in frontiers])
