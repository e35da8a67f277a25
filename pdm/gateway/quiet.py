"""Machines that stay silent: how far their source's clock has come since, told ever more rarely."""

import heapq
from itertools import count

from msgspec import Struct

from pdm.chain.acquisition.clock import closing
from pdm.instant import NS
from pdm.records.block import Machine, Source

FIRST_NS = 10 * NS
"""Silence beyond the lateness after which it is told for the first time."""
SLOWER = 1.2
"""Each time tells of a silence so much longer: a minute is known after 75 s, a day after 29 h."""
LONGEST_NS = 30 * 86_400 * NS
"""Silence after which nothing more is told."""


class Heard(Struct, frozen=True, array_like=True, gc=False):
    """What a machine last delivered: data time, and when it came by the wall clock."""

    machine: Machine
    time: int
    at: int


class Still(Struct, frozen=True):
    """What is told of a machine: the frontier it has reached, and up to when nothing came beyond it."""

    frontier: int
    watched: int


class Quiet:
    """The machines whose last frames are closed, and which have not spoken since.

    A source's clock goes on from the last data time, as the clock on the wall does, twice the lateness
    behind: who delivers each hour is not missed because one delivery is late.
    """

    def __init__(self, frame_ns: int) -> None:
        self._frame_ns = frame_ns
        self._known: dict[tuple[Source, str], Heard] = {}
        self._turns: list[tuple[int, int, Source, Heard]] = []
        self._tie = count()

    def add(self, source: Source, heard: Heard) -> None:
        """Watch a machine from when it was last heard."""
        self._known[source, heard.machine.asset] = heard
        self._plan(source, heard, FIRST_NS)

    def drop(self, source: Source, asset: str) -> None:
        """A machine speaks again, or has ended."""
        self._known.pop((source, asset), None)

    def watched(self) -> list[tuple[Source, Heard]]:
        """List the machines that are silent, each with its source."""
        return [(source, heard) for (source, _asset), heard in self._known.items()]

    def due(self, now_ns: int) -> dict[Source, dict[Machine, Still]]:
        """Return what is to be told now."""
        found: dict[Source, dict[Machine, Still]] = {}
        while self._turns and self._turns[0][0] <= now_ns:
            _at, _tie, source, heard = heapq.heappop(self._turns)
            if self._known.get((source, heard.machine.asset)) is not heard:
                continue
            silent = now_ns - heard.at - 2 * source.lateness_ns
            frontier = closing(heard.time, self._frame_ns, source.lateness_ns)
            found.setdefault(source, {})[heard.machine] = Still(frontier, heard.time + silent)
            if silent < LONGEST_NS:
                self._plan(source, heard, int(SLOWER * silent))
            else:
                self.drop(source, heard.machine.asset)
        return found

    def _plan(self, source: Source, heard: Heard, silent_ns: int) -> None:
        at = heard.at + 2 * source.lateness_ns + silent_ns
        heapq.heappush(self._turns, (at, next(self._tie), source, heard))
