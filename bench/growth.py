"""Growth: what a reading and a channel cost from 100 to 100,000 machines, in process, as workers do it."""

import time
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct

from bench.progress import say
from bench.workload import CHANNELS, GRID, START, assets, flush, log_start, plant
from pdm.chain.acquisition.pack import TOPICS, Packed, frontier_only, pack
from pdm.chain.warm import warm_align, warm_step
from pdm.records.block import Machine, Source
from streams.align import AlignCore
from streams.core import Core
from streams.monitor import MonitorCore

SIZES = (100, 1_000, 10_000, 100_000)
READINGS = 4_000_000
"""Measured at each size, at least."""
LEARN_S, SECONDS = 3, 6
"""Seconds of data before anything is measured, and those that are."""
CHECKPOINT_S = 1.0
MOST_AT_ONCE = 1_000
"""Machines in one flush: a request of 8,000 readings."""
IN_ORDER = Source("bench", "", 0)


class Size(Struct, frozen=True):
    """Figures at one number of machines, on one core, all in one partition.

    us_per_reading        : align and monitor, each with a checkpoint a second
    state_bytes_a_channel : saved state of the two, besides open frames
    changelog_mb_s        : what the checkpoints write, a second of work
    restore_s             : to take over the saved state of both
    """

    machines: int
    align_us_per_reading: float
    monitor_us_per_reading: float
    align_state_bytes_a_channel: float
    monitor_state_bytes_a_channel: float
    changelog_mb_s: float
    restore_s: float


class Growth(Struct, frozen=True):
    """Ratios are those of the largest plant to the cheapest one; costs are of align and monitor together."""

    cost_ratio: float
    state_bytes_a_channel: float
    changelog_mb_s: float
    restore_s: float
    sizes: tuple[Size, ...]


def run(seed: int = 7, sizes: Sequence[int] = SIZES, readings: int = READINGS) -> Growth:
    """Measure at each size."""
    warm_align()
    warm_step()
    found = tuple(measure(machines, seed, readings) for machines in sizes)
    costs = [size.align_us_per_reading + size.monitor_us_per_reading for size in found]
    largest = found[-1]
    return Growth(
        cost_ratio=round(costs[-1] / min(costs), 2),
        state_bytes_a_channel=round(
            largest.align_state_bytes_a_channel + largest.monitor_state_bytes_a_channel, 1
        ),
        changelog_mb_s=max(size.changelog_mb_s for size in found),
        restore_s=largest.restore_s,
        sizes=found,
    )


class Spent(Struct):
    """Seconds of work, and bytes that were saved, over all plants of one size."""

    align: float = 0.0
    monitor: float = 0.0
    saved: int = 0


class Fed:
    """A core that is fed as its worker feeds it; the time of feeding and saving is added up."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.seconds = 0.0
        self.saved = 0
        self._since = 0.0

    def eat(self, topic: int, offset: int, payload: bytes) -> list[bytes]:
        """Feed one message, with a checkpoint where one is due."""
        began = time.perf_counter()
        out = [message.value for message in self.core.eat(topic, offset, payload)]
        now = time.perf_counter()
        self._since += now - began
        if self._since >= CHECKPOINT_S:
            self._since = 0.0
            self.saved += sum(map(len, self.core.rows().values()))
            self.core.cursor()
            self.core.views()
        self.seconds += time.perf_counter() - began
        return out


def measure(machines: int, seed: int, readings: int) -> Size:
    """Feed plants of one size through align and the monitor, one after the other, each as long as any."""
    each = SECONDS * machines * len(CHANNELS)
    rounds = -(-readings // each)
    spent = Spent()
    for number in range(rounds):
        align, monitor = _plant(machines, seed + number)
        spent.align += align.seconds
        spent.monitor += monitor.seconds
        spent.saved += align.saved + monitor.saved
    return _figures(align, monitor, spent, machines, rounds * each)


def _plant(machines: int, seed: int) -> tuple["Fed", "Fed"]:
    """Feed one plant; small plants are as young as the largest, since detectors cost more as they learn."""
    align, monitor = Fed(AlignCore(plant())), Fed(MonitorCore())
    monitor.eat(0, 0, log_start())
    offset, logged, rng = 0, 1, np.random.default_rng(seed)
    for second in range(LEARN_S + SECONDS):
        if second == LEARN_S:
            align.seconds = monitor.seconds = 0.0
            align.saved = monitor.saved = 0
        for topic, at, payload in _blocks(machines, second, rng, offset):
            for record in align.eat(topic, at, payload):
                monitor.eat(0, logged, record)
                logged += 1
        offset += -(-machines // MOST_AT_ONCE)
    _close(align, monitor, machines, offset, logged)
    return align, monitor


def _blocks(machines: int, second: int, rng: Any, offset: int) -> list[tuple[int, int, bytes]]:
    """Write the flushes of one second: topic, offset and block."""
    found = []
    columns = flush(machines, second, rng)
    for number, begin in enumerate(range(0, machines, MOST_AT_ONCE)):
        rows = slice(begin * len(CHANNELS), (begin + MOST_AT_ONCE) * len(CHANNELS))
        found += _messages(pack(columns.rows(rows), IN_ORDER, 1, 0), offset + number)
    return found


def _messages(packed: Sequence[Packed], offset: int) -> list[tuple[int, int, bytes]]:
    return [(TOPICS.index(one.topic), offset, msgspec.msgpack.encode(one.block)) for one in packed]


def _close(align: Fed, monitor: Fed, machines: int, offset: int, logged: int) -> None:
    """Close the last frames, so that what is saved is state and no frame buffer."""
    ends = {Machine(asset, ""): START + (LEARN_S + SECONDS + 9) * GRID for asset in assets(machines)}
    packed = frontier_only(ends, IN_ORDER, 1, 0)
    for number, begin in enumerate(range(0, len(packed), len(TOPICS))):
        for topic, at, payload in _messages(packed[begin : begin + len(TOPICS)], offset + number):
            for record in align.core.eat(topic, at, payload):
                monitor.core.eat(0, logged, record.value)
                logged += 1


def _figures(align: Fed, monitor: Fed, spent: Spent, machines: int, readings: int) -> Size:
    channels, busy = machines * len(CHANNELS), spent.align + spent.monitor
    rows = [everything(align.core), everything(monitor.core)]
    began = time.perf_counter()
    AlignCore(plant()).restore(rows[0], align.core.cursor())
    MonitorCore().restore(rows[1], monitor.core.cursor())
    restored = time.perf_counter() - began
    figures = Size(
        machines=machines,
        align_us_per_reading=round(1e6 * spent.align / readings, 4),
        monitor_us_per_reading=round(1e6 * spent.monitor / readings, 4),
        align_state_bytes_a_channel=round(sum(map(len, rows[0].values())) / channels, 1),
        monitor_state_bytes_a_channel=round(sum(map(len, rows[1].values())) / channels, 1),
        changelog_mb_s=round(spent.saved / 1e6 / max(busy / 2, CHECKPOINT_S), 2),
        restore_s=round(restored, 3),
    )
    say(f"{machines:,} machines: {msgspec.json.encode(figures).decode()}")
    return figures


def everything(core: Core) -> dict[str, bytes]:
    """Save the whole state of a core, however many checkpoints that takes."""
    rows: dict[str, bytes] = {}
    while True:
        before = len(rows)
        rows.update(core.rows())
        if len(rows) == before:
            return rows
