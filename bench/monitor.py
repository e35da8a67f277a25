"""The monitor's cost: records of the ordered log through `step`, with events and checkpoints encoded."""

import time
from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from bench.plain_faust import readings_per_s as plain_faust
from bench.progress import say
from bench.workload import CHANNELS, log, log_start
from streams.monitor import MonitorCore

CHECKPOINT_S = 1.0
ROUNDS = 3
FLEET, LONE = 1_000 * len(CHANNELS), 4_000 * len(CHANNELS)
"""Readings of one record."""


class Monitor(Struct, frozen=True):
    """Figures of one worker on one core.

    readings_per_s         : 1,000 machines of 8 channels, a reading per channel and frame
    times_plain_faust      : against a Faust agent that runs the same detector reading by reading
    backlog_readings_per_s : one machine's backlog, 4,000 frames to a record
    blocks_of_40_p99_us    : records of 5 frames, 40 readings
    """

    readings_per_s: int
    times_plain_faust: float
    plain_faust_readings_per_s: int
    backlog_readings_per_s: int
    blocks_of_40_p50_us: float
    blocks_of_40_p99_us: float
    state_bytes_per_channel: float


def run(seed: int = 7) -> Monitor:
    """Measure each figure; throughput is the best of three rounds, on a bank that has learnt."""
    fleet = list(log(1_000, 360, 1_000, seed))
    backlog = list(log(1, 40_000, 4_000, seed))
    small = list(log(1_000, 60, 5, seed))
    core = _begun()
    warm, rest = fleet[:120], fleet[120:]
    _feed(core, warm, 1, FLEET)
    each = len(rest) // ROUNDS
    rates = [_feed(core, rest[k * each : (k + 1) * each], 121 + k * each, FLEET) for k in range(ROUNDS)]
    core.bank.chunks.dirty[:] = True
    size = sum(map(len, core.rows().values()))
    say(f"fleet: {max(rates):,.0f} readings/s")
    alone = _begun()
    lone = max(_feed(alone, backlog[k : k + 5], k + 1, LONE) for k in range(0, 10, 5))
    say(f"one machine's backlog: {lone:,.0f} readings/s")
    times = _times(small)
    say(f"blocks of 40: p99 {np.percentile(times, 99):.0f} us; now a plain Faust agent")
    plain = plain_faust(seed)
    return Monitor(
        readings_per_s=round(max(rates)),
        times_plain_faust=round(max(rates) / plain, 1),
        plain_faust_readings_per_s=round(plain),
        backlog_readings_per_s=round(lone),
        blocks_of_40_p50_us=round(float(np.percentile(times, 50)), 1),
        blocks_of_40_p99_us=round(float(np.percentile(times, 99)), 1),
        state_bytes_per_channel=round(size / (1_000 * len(CHANNELS)), 1),
    )


def _begun() -> MonitorCore:
    """Return a monitor that has read the plant file of the log."""
    core = MonitorCore()
    core.eat(0, 0, log_start())
    return core


def _feed(core: MonitorCore, payloads: Sequence[bytes], offset: int, readings: int) -> float:
    """Feed records of so many readings, with a checkpoint each second; returns readings a second."""
    began = last = time.perf_counter()
    for number, payload in enumerate(payloads):
        core.eat(0, offset + number, payload)
        now = time.perf_counter()
        if now - last >= CHECKPOINT_S or number == len(payloads) - 1:
            core.rows()
            core.cursor()
            core.views()
            last = now
    return len(payloads) * readings / (time.perf_counter() - began)


def _times(payloads: Sequence[bytes]) -> list[float]:
    """Return the microseconds of each small record, after the first second of the plant."""
    core, times = _begun(), list[float]()
    for offset, payload in enumerate(payloads, start=1):
        began = time.perf_counter()
        core.eat(0, offset, payload)
        times.append(1e6 * (time.perf_counter() - began))
    return times[200:]
