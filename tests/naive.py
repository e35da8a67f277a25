"""Slow, obvious versions of what the compiled code does: the oracles of the tests."""

from collections import defaultdict
from itertools import pairwise

from pdm.records.block import Source

Reading = tuple[str, str, int, float, int]
"""asset, channel, time in ns, value, quality"""

Frame = tuple[str, int, tuple[tuple[str, float, int], ...]]
"""asset, start in ns, cells of (channel, value, quality)"""


def frames(readings: list[Reading], source: Source, grid: int) -> tuple[dict[str, list[Frame]], int]:
    """Put readings into frames, all at once, judging lateness reading by reading.

    returns the frames of each machine in order, and the number of late readings
    """
    clock: dict[str, int] = {}
    held: dict[tuple[str, int], dict[tuple[str, int], tuple[float, int]]] = defaultdict(dict)
    late = 0
    for asset, channel, time, value, quality in readings:
        clock[asset] = max(clock.get(asset, time), time)
        start = time - time % grid
        if start + grid <= clock[asset] - source.lateness_ns:
            late += 1
            continue
        old = held[asset, start].get((channel, time))
        if old is None or (-quality, value) < (-old[1], old[0]):
            held[asset, start][channel, time] = (value, quality)
    result: dict[str, list[Frame]] = defaultdict(list)
    for asset, start in sorted(held):
        result[asset].append((asset, start, tuple(_cells(held[asset, start]))))
    return result, late


def _cells(readings: dict[tuple[str, int], tuple[float, int]]) -> list[tuple[str, float, int]]:
    cells = []
    for channel in sorted({name for name, _ in readings}):
        of_channel = [readings[key] for key in sorted(readings) if key[0] == channel]
        best = max(quality for _, quality in of_channel)
        kept = [value for value, quality in of_channel if quality == best]
        total = 0.0
        for value in kept:
            total += value
        cells.append((channel, total / len(kept), best))
    return cells


def silences(starts: list[int], patience: int, grid: int) -> list[tuple[int, int]]:
    """Find where a machine was silent for too long, from the starts of its frames alone.

    returns (since, time) of each silence that a later frame ended
    """
    found: list[tuple[int, int]] = []
    usual = 0
    for before, start in pairwise(starts):
        allowed = max(patience, 3 * grid, 3 * usual)
        if usual and start >= before + grid + allowed:
            found.append((before + grid, before + grid + allowed))
        usual = max(start - before, usual - usual // 32)
    return found
