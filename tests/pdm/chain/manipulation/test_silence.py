"""A machine that delivers nothing is told so in the log, at the same place whoever noticed it first."""

import random

import naive
from blocks import end, flush, log_by_machine, still
from hypothesis import given, settings
from hypothesis import strategies as st

from pdm.chain.manipulation.align import align
from pdm.chain.manipulation.buffers import Buffers
from pdm.chain.manipulation.saving import load, save
from pdm.plant.load import parse
from pdm.plant.spec import Plant
from pdm.records.block import Block, Source
from pdm.records.log import LogRecord

GRID = 1_000_000_000
START = 1_700_000_000 * GRID
PATIENCE = 5
CHANNELS = ["v-de", "t-oil"]


def plant(*, declared: bool) -> Plant:
    """Return a plant whose machines may be silent for five seconds."""
    channels = """
        [classes.any.channels.v-de]
        quantity = "vibration"
        unit = "m/s"
        per_frame = 1
        [classes.any.channels.t-oil]
        quantity = "temperature"
        unit = "K"
        per_frame = 1
    """
    names = ("pump-1", "fan-2")
    machines = "".join(f'[[machines]]\nasset = "{name}"\nclass = "any"\n' for name in names)
    text = f'[plant]\nsilent = "{PATIENCE} s"\n'
    return parse(text + channels + machines if declared else text, "plant")


Steps = list[tuple[str, int, int]]
"""(asset, seconds to wait before the next frame, how far its source's clock was told in between)"""

steps = st.lists(
    st.tuples(
        st.sampled_from(["pump-1", "fan-2"]), st.sampled_from([1, 1, 1, 1, 2, 4, 9, 30]), st.integers(0, 40)
    ),
    max_size=40,
)


def flushes_of(
    wanted: Steps, source: Source, *, told: bool
) -> tuple[list[list[Block]], dict[str, list[int]]]:
    """Deliver a frame at each step; with `told`, the source's clock tells of the wait before it."""
    now: dict[str, int] = {}
    starts: dict[str, list[int]] = {}
    found: list[list[Block]] = []
    for asset, wait, clock in wanted:
        last = now.get(asset)
        if told and last is not None:
            frontier = START + (last + 1) * GRID + source.lateness_ns
            found.append(still({asset: frontier}, START + (last + clock) * GRID, source))
        now[asset] = (last or 0) + wait
        starts.setdefault(asset, []).append(START + now[asset] * GRID)
        items: list[naive.Reading] = [(asset, c, START + now[asset] * GRID, 1.0, 3) for c in CHANNELS]
        found.append(flush(items, source))
    return found, starts


def run(
    buffers: Buffers, flushes: list[list[Block]], rng: random.Random | None = None, crash: bool = False
) -> list[LogRecord]:
    """Feed flushes; with `rng` topics run ahead of one another, and the worker may be crashed once."""
    queues = [[(k, blocks[topic]) for k, blocks in enumerate(flushes)] for topic in range(4)]
    records: list[LogRecord] = []
    crash_at = rng.randint(0, 4 * len(flushes)) if rng and crash else -1
    done = 0
    while any(queues):
        waiting = [topic for topic in range(4) if queues[topic]]
        topic = rng.choice(waiting) if rng else min(waiting, key=lambda t: queues[t][0][0])
        offset, block = queues[topic].pop(0)
        records += align(buffers, topic, offset, block)[0]
        done += 1
        if done == crash_at:
            saved = {chunk: save(buffers, chunk) for chunk in buffers.chunks.due(99)}
            position = buffers.chunks.position.copy()
            buffers = Buffers(buffers.plant)
            for chunk, data in saved.items():
                load(buffers, chunk, data)
            buffers.chunks.position[:] = position
    return records


@given(steps, st.booleans(), st.sampled_from([0, 2 * GRID]), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_silences_are_those_of_the_oracle(
    wanted: Steps, declared: bool, lateness_ns: int, rng: random.Random
) -> None:
    """A gap that is too long is in the log before the frame that ends it, wherever the stream is cut."""
    source = Source("s", "", lateness_ns)
    flushes, starts = flushes_of(wanted, source, told=False)
    for asset, times in starts.items():
        flushes.append(end([asset], times[-1] + GRID + lateness_ns, source))
    found = log_by_machine(run(Buffers(plant(declared=declared)), flushes, rng))
    for asset, times in starts.items():
        entries = found[asset]
        quiet = [entry[1:] for entry in entries if not isinstance(entry[2], tuple)]
        assert quiet == naive.silences(times, PATIENCE * GRID, GRID)
        assert [entry[1] for entry in entries] == sorted(entry[1] for entry in entries)


@given(steps, st.booleans(), st.sampled_from([0, 2 * GRID]), st.randoms(use_true_random=False), st.booleans())
@settings(max_examples=100, deadline=None)
def test_what_a_sources_clock_tells_is_the_same_however_topics_interleave(
    wanted: Steps, declared: bool, lateness_ns: int, rng: random.Random, crash: bool
) -> None:
    """Frames and silences of a machine are in one order, whichever topic was ahead, crashed or not."""
    source = Source("s", "", lateness_ns)
    flushes, starts = flushes_of(wanted, source, told=True)
    for asset, times in starts.items():
        flushes.append(end([asset], times[-1] + GRID + lateness_ns, source))
    straight = log_by_machine(run(Buffers(plant(declared=declared)), flushes))
    mixed = log_by_machine(run(Buffers(plant(declared=declared)), flushes, rng, crash))
    assert mixed == straight


@given(steps, st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_clock_that_tells_early_changes_nothing_but_when_it_is_known(wanted: Steps, declared: bool) -> None:
    """Where the wait was as long as the clock said, the log is the one that the next frame would give."""
    source = Source("s", "", 0)
    honest = [(asset, wait, min(wait, clock)) for asset, wait, clock in wanted]
    logs = []
    for told in (True, False):
        flushes, starts = flushes_of(honest, source, told=told)
        for asset, times in starts.items():
            flushes.append(end([asset], times[-1] + GRID, source))
        logs.append(log_by_machine(run(Buffers(plant(declared=declared)), flushes)))
    assert logs[0] == logs[1]


def test_what_comes_after_a_silence_was_told_is_in_time() -> None:
    """The clock of a silent source makes nothing late: a buffer that is sent after an outage is judged."""
    source, buffers = Source("s", "", 0), Buffers(plant(declared=True))
    flushes = [flush([("pump-1", c, START + k * GRID, 1.0, 3) for c in CHANNELS], source) for k in range(5)]
    flushes.append(still({"pump-1": START + 5 * GRID}, START + 60 * GRID, source))
    flushes += [
        flush([("pump-1", c, START + k * GRID, 2.0, 3) for c in CHANNELS], source) for k in range(5, 9)
    ]
    found = log_by_machine(run(buffers, flushes))["pump-1"]
    assert [entry[1] - START for entry in found] == [k * GRID for k in (0, 1, 2, 3, 4, 5, 5, 6, 7, 8)]
    assert found[5] == ("pump-1", START + 5 * GRID, START + 10 * GRID)


def test_a_machine_that_reports_rarely_is_not_missed_sooner() -> None:
    """Three times its usual gap passes before a machine that reports once a minute is called silent."""
    source, buffers = Source("s", "", 0), Buffers(plant(declared=True))
    flushes = [
        flush([("pump-1", c, START + 60 * k * GRID, 1.0, 3) for c in CHANNELS], source) for k in range(9)
    ]
    flushes.append(still({"pump-1": START + 481 * GRID}, START + 600 * GRID, source))
    found = log_by_machine(run(buffers, flushes))["pump-1"]
    assert all(isinstance(entry[2], tuple) for entry in found)
    found = log_by_machine(
        [
            r
            for t in range(4)
            for r in align(
                buffers, t, 11, still({"pump-1": START + 481 * GRID}, START + 661 * GRID, source)[t]
            )[0]
        ]
    )["pump-1"]
    assert found == [("pump-1", START + 481 * GRID, START + 661 * GRID)]
