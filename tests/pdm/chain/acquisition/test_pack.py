"""Packing: no cut of the stream changes a reading, and the clock can be told from the blocks."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdm.broker import topics
from pdm.chain.acquisition.columns import EMPTY, Columns, compact, merge
from pdm.chain.acquisition.pack import LARGEST_BLOCK, TOPICS, Packed, frontier_only, pack
from pdm.chain.acquisition.partition import partition_of
from pdm.records.block import Block, Channel, Machine, Source

SOURCE = Source("test", "run-1", 5)
CHANNELS = [
    Channel("v", "vibration", "m/s"),
    Channel("t", "temperature", "K"),
    Channel("p", "pressure", "Pa"),
    Channel("f", "flow", "m3/s"),
    Channel("n", "speed", "Hz"),
]
Row = tuple[str, str, int, float, int]

ROWS = st.lists(
    st.tuples(
        st.sampled_from([f"m{i}" for i in range(5)]),
        st.sampled_from([c.name for c in CHANNELS]),
        st.integers(0, 30),
        st.floats(allow_nan=False, allow_infinity=False),
        st.integers(1, 3),
    ),
    max_size=40,
)


def columns_of(rows: Sequence[Row]) -> Columns:
    """Make columns in the order of the rows."""
    assets = sorted({row[0] for row in rows}, reverse=True)
    names = [c.name for c in CHANNELS]
    return Columns(
        assets,
        ["c"] * len(assets),
        CHANNELS,
        np.array([assets.index(row[0]) for row in rows], np.uint32),
        np.array([names.index(row[1]) for row in rows], np.uint16),
        np.array([row[2] for row in rows], np.int64),
        np.array([row[3] for row in rows], np.float64),
        np.array([row[4] for row in rows], np.uint8),
    )


def unpacked(packed: Packed) -> list[tuple[Row, int]]:
    """Read a block back, through its bytes on the wire: rows, each with how far it was behind."""
    block = msgspec.msgpack.decode(msgspec.msgpack.encode(packed.block), type=Block)
    machines = msgspec.msgpack.decode(block.machines, type=list[Machine])
    channels = msgspec.msgpack.decode(block.channels, type=list[Channel])
    machine, channel = np.frombuffer(block.machine, "<u4"), np.frombuffer(block.channel, "<u2")
    time, value = np.frombuffer(block.time, "<i8"), np.frombuffer(block.value, "<f8")
    quality = np.frombuffer(block.quality, "u1")
    behind = np.frombuffer(block.behind, "<i8") if block.behind else np.zeros(len(time), np.int64)
    assert len(machine) == len(channel) == len(time) == len(value) == len(quality) == len(behind)
    return [
        ((machines[m].asset, channels[c].name, t, v, q), b)
        for m, c, t, v, q, b in zip(
            machine, channel, time.tolist(), value.tolist(), quality.tolist(), behind, strict=True
        )
    ]


def frontiers(packed: Packed) -> dict[str, int]:
    """Read the frontier of a block."""
    machines = msgspec.msgpack.decode(packed.block.machines, type=list[Machine])
    times = np.frombuffer(packed.block.frontier, "<i8").tolist()
    return {machine.asset: time for machine, time in zip(machines, times, strict=True)}


def cut(rows: Sequence[Row], places: Sequence[int]) -> list[Sequence[Row]]:
    """Cut rows into flushes."""
    ends = sorted({min(place, len(rows)) for place in places} | {0, len(rows)})
    return [rows[a:b] for a, b in pairwise(ends)]


@given(ROWS, st.lists(st.integers(0, 40), max_size=5), st.integers(1, 6))
def test_any_cut_gives_the_same_readings(rows: list[Row], places: list[int], partitions: int) -> None:
    """Per machine and topic the readings come in the order they were delivered, however the stream is cut."""
    found: dict[tuple[str, str], list[Row]] = {}
    for flush in cut(rows, places):
        for packed in pack(columns_of(flush), SOURCE, partitions, 1):
            for row, _behind in unpacked(packed):
                assert packed.partition == partition_of(row[0], partitions)
                found.setdefault((row[0], packed.topic), []).append(row)
    topic = dict(zip(["v", "t", "p", "f", "n"], [*TOPICS, TOPICS[3]], strict=True))
    expected: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        expected.setdefault((row[0], topic[row[1]]), []).append(row)
    assert repr(found) == repr({key: expected[key] for key in found})
    assert set(found) == set(expected)


@given(ROWS, st.lists(st.integers(0, 40), max_size=5), st.integers(1, 3))
def test_the_clock_at_each_reading_can_be_told(rows: list[Row], places: list[int], partitions: int) -> None:
    """The larger of the frontier so far and time + behind is the newest time among the earlier readings."""
    frontier: dict[str, int] = {}
    newest: dict[str, int] = {}
    for flush in cut(rows, places):
        expected = sorted((row, running(newest, row)) for row in flush)
        told, after = [], dict(frontier)
        for packed in pack(columns_of(flush), SOURCE, partitions, 1):
            for row, behind in unpacked(packed):
                told.append((row, max(frontier.get(row[0], -1), row[2] + int(behind))))
            for asset, time in frontiers(packed).items():
                after[asset] = max(after.get(asset, -1), time)
        frontier = after
        assert sorted(told) == expected
        assert {asset: frontier[asset] for asset in newest} == newest


def running(newest: dict[str, int], row: Row) -> int:
    """Move a machine's clock on by a reading, and give it."""
    newest[row[0]] = max(newest.get(row[0], -1), row[2])
    return newest[row[0]]


@given(ROWS.filter(bool), st.integers(1, 6))
def test_each_touched_partition_gets_all_four_topics(rows: list[Row], partitions: int) -> None:
    """So that progress is known of every topic; all four have the same machines and the same frontier."""
    by_partition: dict[int, list[Packed]] = {}
    for packed in pack(columns_of(rows), SOURCE, partitions, 7):
        by_partition.setdefault(packed.partition, []).append(packed)
    for partition, four in by_partition.items():
        assert [packed.topic for packed in four] == list(TOPICS)
        assert len({(bytes(p.block.machines), p.block.frontier) for p in four}) == 1
        assert set(frontiers(four[0])) == {r[0] for r in rows if partition_of(r[0], partitions) == partition}
        assert all(packed.block.source == SOURCE and packed.block.accepted_ns == 7 for packed in four)


def test_order_within_a_machine_needs_no_extra_bytes() -> None:
    """Where each machine delivers in order, `behind` is empty, however the machines interleave."""
    rows: list[Row] = [
        ("a", "v", 1, 1.0, 3),
        ("b", "v", 0, 1.0, 3),
        ("a", "t", 1, 1.0, 3),
        ("b", "v", 5, 1.0, 3),
    ]
    assert all(packed.block.behind == b"" for packed in pack(columns_of(rows), SOURCE, 2, 1))


def test_equal_dictionaries_have_equal_bytes() -> None:
    """Machines and channels are in the order of their names, whoever spoke first: readers cache by bytes."""
    rows: list[Row] = [
        ("a", "v", 1, 1.0, 3),
        ("b", "v", 1, 1.0, 3),
        ("a", "f", 1, 1.0, 3),
        ("b", "n", 1, 1.0, 3),
    ]
    first = pack(columns_of(rows), SOURCE, 1, 1)
    second = pack(columns_of(rows[::-1]), SOURCE, 1, 1)
    for one, other in zip(first, second, strict=True):
        assert bytes(one.block.machines) == bytes(other.block.machines)
        assert bytes(one.block.channels) == bytes(other.block.channels)


@pytest.mark.parametrize("long", [False, True])
def test_no_block_is_too_large_for_the_broker(*, long: bool) -> None:
    """Many readings, and many machines with the longest names, become several flushes; none is lost."""
    n = 60_000
    assets = [f"{i:0128d}" for i in range(n)] if long else ["a"]
    machine = np.arange(n, dtype=np.uint32) if long else np.zeros(n, np.uint32)
    columns = Columns(
        assets, ["x" * 128] * len(assets), CHANNELS[:1], machine, np.zeros(n, np.uint16),
        np.arange(n)[::-1].astype(np.int64), np.arange(n).astype(float), np.full(n, 3, np.uint8),
    )  # fmt: skip
    found = pack(columns, SOURCE, 1, 1)
    assert max(len(msgspec.msgpack.encode(packed.block)) for packed in found) < LARGEST_BLOCK + 1_000
    values: list[Any] = [row[3] for packed in found for row, _ in unpacked(packed)]
    assert values == list(range(n))


def test_frontiers_alone_close_frames() -> None:
    """A heartbeat or the end of a file is a block without readings on all four topics."""
    found = frontier_only({Machine("b", "c"): 9, Machine("a"): 5}, SOURCE, 1, 3)
    assert [packed.topic for packed in found] == list(TOPICS)
    assert all(frontiers(packed) == {"a": 5, "b": 9} and not unpacked(packed) for packed in found)
    assert msgspec.msgpack.decode(found[0].block.machines, type=list[Machine])[1] == Machine("b", "c")


def test_nothing_gives_no_block() -> None:
    """A flush without readings is none."""
    assert pack(EMPTY, SOURCE, 4, 1) == []
    assert frontier_only({}, SOURCE, 4, 1) == []


@given(ROWS, ROWS)
def test_merged_requests_are_one_after_the_other(first: list[Row], second: list[Row]) -> None:
    """Requests of one flush lose nothing, and their own dictionaries become one."""
    merged = merge([compact(columns_of(first)), compact(columns_of(second))])
    names = [c.name for c in merged.channels]
    rows = [
        (merged.assets[m], names[c], t, v, q)
        for m, c, t, v, q in zip(
            merged.machine, merged.channel, merged.time.tolist(), merged.value.tolist(),
            merged.quality.tolist(), strict=True,
        )
    ]  # fmt: skip
    assert repr(rows) == repr(first + second)
    assert len(set(merged.assets)) == len(merged.assets)
    assert len(set(merged.channels)) == len(merged.channels)


def test_the_topics_are_the_declared_ones() -> None:
    """The pure chain may not import the broker's list, so the names are compared here."""
    assert TOPICS == (topics.VIBRATION, topics.TEMPERATURE, topics.PRESSURE, topics.PROCESS)
