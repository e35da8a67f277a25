"""Machines that fall silent: a heartbeat closes their last frames, since no later reading will."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from typing import Protocol

import numpy as np

from pdm.chain.acquisition.clock import closing, newest
from pdm.chain.acquisition.columns import Columns
from pdm.errors import BrokerError
from pdm.gateway.outlet import WAIT_S
from pdm.gateway.quiet import Heard, Quiet
from pdm.instant import NS
from pdm.records.block import Machine, Source

log = logging.getLogger(__name__)

GRACE_NS = NS
"""How much longer than its lateness a machine may be silent before its last frame is closed."""
BEAT_S = 0.5
"""How often somebody looks for machines that fell silent."""

Frontiers = Mapping[Machine, int]


class CloseFrames(Protocol):
    """Sends frontiers that close frames; `watched` says up to when nothing came beyond them."""

    def __call__(
        self, source: Source, frontiers: Frontiers, watched: Frontiers | None = None
    ) -> Awaitable[None]:
        """Return when they are safe; raises BrokerError."""


class Silence:
    """Remembers when each live machine was last heard; those heard longest ago come first.

    A replay run has no heartbeat: it says itself when it ends, and a pause in it means nothing.
    """

    def __init__(self, frame_ns: int) -> None:
        self._frame_ns = frame_ns
        self._sources: dict[Source, dict[str, Heard]] = {}
        self.quiet = Quiet(frame_ns)

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
            known[asset] = Heard(Machine(asset, columns.classes[index]), last, now_ns)
            self.quiet.drop(source, asset)

    def awaited(self, source: Source, assets: Iterable[str], now_ns: int) -> None:
        """Note readings that the broker did not take: their sender will come again when it has waited."""
        known = self._sources.get(source, {})
        for asset in assets:
            before = known.pop(asset, None)
            if before:
                known[asset] = Heard(before.machine, before.time, now_ns + WAIT_S * NS)

    def forget(self, source: Source, assets: Iterable[str]) -> None:
        """Forget machines that have ended: nobody waits for them."""
        known = self._sources.get(source, {})
        for asset in assets:
            known.pop(asset, None)
            self.quiet.drop(source, asset)
        if not known:
            self._sources.pop(source, None)

    def closed(self, source: Source, frontiers: Frontiers) -> None:
        """Take machines whose last frames are closed as quiet, unless they have spoken since."""
        known = self._sources.get(source, {})
        for machine, frontier in frontiers.items():
            heard = known.get(machine.asset)
            if heard and closing(heard.time, self._frame_ns, source.lateness_ns) == frontier:
                self.quiet.add(source, known.pop(machine.asset))
        if not known:
            self._sources.pop(source, None)

    def remembered(self) -> list[tuple[Source, Heard]]:
        """List all machines, the quiet ones too."""
        live = [(source, heard) for source, known in self._sources.items() for heard in known.values()]
        return [*self.quiet.watched(), *live]

    def recall(self, remembered: Iterable[tuple[Source, Heard]]) -> None:
        """Wait for machines that were heard before this process began.

        Their last frames are closed once more, which changes nothing where that was done.
        """
        for source, heard in sorted(remembered, key=lambda one: one[1].at):
            self._sources.setdefault(source, {})[heard.machine.asset] = heard

    def due(self, now_ns: int) -> dict[Source, Frontiers]:
        """Find the machines that fell silent, each with the frontier that closes its last frame."""
        found: dict[Source, Frontiers] = {}
        for source, known in self._sources.items():
            frontiers = dict(self._silent(source, known, now_ns))
            if frontiers:
                found[source] = frontiers
        return found

    def _silent(self, source: Source, known: dict[str, Heard], now_ns: int) -> Iterable[tuple[Machine, int]]:
        """Walk over the machines of a source from the one heard longest ago."""
        for heard in known.values():
            if now_ns - heard.at <= source.lateness_ns + GRACE_NS:
                return
            yield heard.machine, closing(heard.time, self._frame_ns, source.lateness_ns)


async def beat(
    silence: Silence,
    close_frames: CloseFrames,
    clock_ns: Callable[[], int] = time.time_ns,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Close the frames of silent machines, and tell how long they are silent, until cancelled.

    A closing that the broker does not take is tried again; what is told of a silence comes again anyway.
    """
    while True:
        await pause(BEAT_S)
        for source, frontiers in silence.due(clock_ns()).items():
            try:
                await close_frames(source, frontiers)
            except BrokerError as error:
                log.info("no heartbeat for %d machines of %s: %s", len(frontiers), source.name, error)
                continue
            silence.closed(source, frontiers)
        for source, told in silence.quiet.due(clock_ns()).items():
            frontiers = {machine: still.frontier for machine, still in told.items()}
            watched = {machine: still.watched for machine, still in told.items()}
            with suppress(BrokerError):
                await close_frames(source, frontiers, watched)
