"""`align` against an obvious oracle: any cut, any interleaving, any restart gives the same frames."""

import random

import msgspec
import naive
import pytest
from blocks import end, flush, frames_by_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from pdm.chain.manipulation.align import align
from pdm.chain.manipulation.buffers import Buffers
from pdm.chain.manipulation.saving import load, save
from pdm.plant.spec import ChannelSpec, MachineClass, MachineSpec, Plant
from pdm.records.block import Block, Source
from pdm.records.log import Late, LogRecord

GRID = 1_000_000_000
ASSETS = ["pump-1", "fan-2", "motor-3"]
CHANNELS = ["v-de", "t-oil", "p-out", "flow"]


def plant(*, declared: bool = False) -> Plant:
    """Return a plant without machines, or with all of them declared."""
    of_class = {
        name: ChannelSpec(quantity, unit, per_frame=1)
        for name, quantity, unit in [
            ("v-de", "vibration", "m/s"),
            ("t-oil", "temperature", "K"),
            ("p-out", "pressure", "Pa"),
            ("flow", "flow", "m3/s"),
        ]
    }
    classes = {"any": MachineClass("any", of_class)}
    machines = {asset: MachineSpec(asset, "any", channels=of_class) for asset in ASSETS} if declared else {}
    return Plant("test", "UTC", False, GRID, {}, classes, machines, {}, "hash", "")


readings = st.lists(
    st.tuples(
        st.sampled_from(ASSETS),
        st.sampled_from(CHANNELS),
        st.integers(0, 24).map(lambda quarter: 1_700_000_000 * GRID + quarter * GRID // 4),
        st.sampled_from([0.25, 0.1, -3.0, 7.7]),
        st.sampled_from([1, 2, 3]),
    ),
    max_size=80,
)
lateness = st.sampled_from([0, GRID // 2, 2 * GRID, 4 * GRID])


def run(buffers: Buffers, flushes: list[list[Block]], rng: random.Random | None = None) -> list[LogRecord]:
    """Feed flushes; with `rng` the topics run ahead of one another as they like."""
    queues = [[(k, blocks[topic]) for k, blocks in enumerate(flushes)] for topic in range(4)]
    records: list[LogRecord] = []
    while any(queues):
        waiting = [topic for topic in range(4) if queues[topic]]
        topic = rng.choice(waiting) if rng else min(waiting, key=lambda t: queues[t][0][0])
        offset, block = queues[topic].pop(0)
        records += align(buffers, topic, offset, block)[0]
    return records


def cut(items: list[naive.Reading], rng: random.Random) -> list[list[naive.Reading]]:
    """Cut a list into pieces anywhere."""
    pieces, begin = [], 0
    while begin < len(items):
        size = rng.randint(1, 12)
        pieces.append(items[begin : begin + size])
        begin += size
    return pieces


def closing(items: list[naive.Reading], source: Source) -> list[Block]:
    """Close the last frames of every machine that delivered anything."""
    newest = max((item[2] for item in items), default=0)
    return end(sorted({item[0] for item in items}), newest + GRID + source.lateness_ns, source)


@given(readings, lateness, st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_frames_are_those_of_the_oracle_wherever_the_stream_is_cut(
    items: list[naive.Reading], lateness_ns: int, rng: random.Random
) -> None:
    """Blocks cut anywhere and topics interleaved anyhow give the frames judged reading by reading."""
    source = Source("s", "", lateness_ns)
    flushes = [flush(piece, source) for piece in cut(items, rng)] + [closing(items, source)]
    records = run(Buffers(plant()), flushes, rng)
    expected, late = naive.frames(items, source, GRID)
    assert frames_by_machine(records) == expected
    assert sum(len(r.time) // 8 for r in records if isinstance(r, Late)) == late


@given(st.integers(0, 2**32), st.sampled_from([0, 2 * GRID]))
@settings(max_examples=60, deadline=None)
def test_order_and_repeats_within_the_lateness_change_nothing(seed: int, lateness_ns: int) -> None:
    """A declared machine's shuffled stream with repeats gives the frames of the stream in order."""
    rng = random.Random(seed)
    ordered = [
        (asset, channel, (1_700_000_000 + second) * GRID, rng.random(), 3)
        for second in range(20)
        for asset in ASSETS
        for channel in CHANNELS
        if rng.random() < 0.95
    ]
    source = Source("s", "", lateness_ns)
    jitter = lateness_ns - 1 if lateness_ns else 0
    shuffled = sorted(ordered, key=lambda item: item[2] + rng.randint(0, max(jitter, 0)))
    shuffled = [copy for item in shuffled for copy in [item] * (1 if rng.random() < 0.95 else 2)]
    logs = []
    for items in (ordered, shuffled):
        flushes = [flush(piece, source) for piece in cut(items, rng)] + [closing(items, source)]
        logs.append(frames_by_machine(run(Buffers(plant(declared=True)), flushes, rng)))
    assert logs[0] == logs[1]
    assert logs[0] == naive.frames(ordered, source, GRID)[0]


def test_a_complete_declared_frame_closes_at_once() -> None:
    """In-order data of a declared machine wait for nothing: the frame leaves with its last reading."""
    source = Source("s", "", 0)
    items = [("pump-1", channel, 1_700_000_000 * GRID, 1.0, 3) for channel in CHANNELS]
    records = run(Buffers(plant(declared=True)), [flush(items, source)])
    assert len(frames_by_machine(records)["pump-1"]) == 1


def test_an_undeclared_machine_waits_for_its_clock() -> None:
    """Nobody knows what else belongs to the frame of a discovered machine before time has passed."""
    source = Source("s", "", 0)
    items = [("pump-1", channel, 1_700_000_000 * GRID, 1.0, 3) for channel in CHANNELS]
    assert frames_by_machine(run(Buffers(plant()), [flush(items, source)])) == {}


def test_in_order_data_wait_for_nothing_but_the_next_value() -> None:
    """From a source that is never late, the first reading of a frame closes the one before it, at once."""
    source, buffers = Source("s", "", 0), Buffers(plant())
    for second in range(4):
        items = [("pump-1", CHANNELS[0], (1_700_000_000 + second) * GRID, 1.0, 3)]
        records = [
            r for t, block in enumerate(flush(items, source)) for r in align(buffers, t, second, block)[0]
        ]
        closed = [frame[1] for frame in frames_by_machine(records).get("pump-1", [])]
        assert closed == ([(1_700_000_000 + second - 1) * GRID] if second else [])


def test_a_complete_declared_frame_does_not_wait_for_the_topics_without_a_reading() -> None:
    """Its last reading closes it though two topics have not been read yet."""
    source, buffers = Source("s", "", 0), Buffers(plant(declared=True))
    items = [("pump-1", channel, 1_700_000_000 * GRID, 1.0, 3) for channel in CHANNELS]
    blocks = flush(items, source)
    closed = [len(frames_by_machine(align(buffers, t, 0, blocks[t])[0])) for t in range(4)]
    assert closed == [0, 0, 0, 1]


@given(readings, lateness, st.randoms(use_true_random=False), st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_restart_from_saved_chunks_goes_on_as_if_nothing_had_happened(
    items: list[naive.Reading], lateness_ns: int, rng: random.Random, declared: bool
) -> None:
    """Saved state, read from its cursor on, gives the frames that were still to come and no others."""
    source = Source("s", "", lateness_ns)
    flushes = [flush(piece, source) for piece in cut(items, rng)] + [closing(items, source)]
    whole = frames_by_machine(run(Buffers(plant(declared=declared)), flushes))
    before = Buffers(plant(declared=declared))
    stop = rng.randint(0, len(flushes))
    first = run(before, flushes[:stop])
    saved = {chunk: save(before, chunk) for chunk in before.chunks.due(99)}
    cursor = before.chunks.cursor()
    after = Buffers(plant(declared=declared))
    for chunk, data in saved.items():
        load(after, chunk, data)
    again = max(int(cursor.min()) + 1 - rng.randint(0, 2), 0)
    rest = [(k, blocks) for k, blocks in enumerate(flushes) if k >= again]
    second: list[LogRecord] = []
    for k, blocks in rest:
        for topic in range(4):
            second += align(after, topic, k, blocks[topic])[0]
    joined = frames_by_machine(first)
    for asset, frames in frames_by_machine(second).items():
        joined.setdefault(asset, []).extend(frames)
    assert joined == whole


def test_a_block_that_points_behind_its_dictionary_is_refused() -> None:
    """Compiled code never follows an index that was not checked."""
    source = Source("s", "", 0)
    block = flush([("pump-1", "v-de", GRID, 1.0, 3)], source)[0]
    broken = msgspec.structs.replace(block, machine=b"\x09\x00\x00\x00")
    with pytest.raises(ValueError, match="behind its dictionary"):
        align(Buffers(plant()), 0, 0, broken)
