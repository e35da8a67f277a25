"""A flush becomes blocks: one for each quantity topic of each partition that it touches."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from msgspec import Raw, Struct

from pdm.chain.acquisition.clock import behind, newest
from pdm.chain.acquisition.columns import Array, Columns
from pdm.chain.acquisition.partition import partition_of
from pdm.records.block import Block, Channel, Machine, Source
from pdm.records.reading import Quantity

TOPICS = (
    "pdm.da.vibration.v1",
    "pdm.da.temperature.v1",
    "pdm.da.pressure.v1",
    "pdm.da.process.v1",
)
"""The quantity topics; the last takes every quantity without one of its own."""
_TOPIC_OF = {Quantity.VIBRATION.value: 0, Quantity.TEMPERATURE.value: 1, Quantity.PRESSURE.value: 2}
_PROCESS = 3

LARGEST_BLOCK = 700_000
"""Bytes of a block, so that its message stays below the 1 MiB a broker takes."""
_MOST_ROWS = 40_000


class Packed(Struct, frozen=True):
    """A block and where it goes. Those of one partition are sent in the order of the list."""

    topic: str
    partition: int
    block: Block


def pack(columns: Columns, source: Source, partitions: int, accepted_ns: int) -> list[Packed]:
    """Pack a flush; where its blocks would be too large, it becomes several flushes one after the other."""
    found: list[Packed] = []
    for start in range(0, len(columns), _MOST_ROWS):
        found += _cut(columns.rows(slice(start, start + _MOST_ROWS)), source, partitions, accepted_ns)
    return found


def frontier_only(
    frontiers: Mapping[Machine, int],
    source: Source,
    partitions: int,
    accepted_ns: int,
    watched: Mapping[Machine, int] | None = None,
) -> list[Packed]:
    """Pack what closes frames without a reading: how far each machine's clock has come, in ns.

    watched : up to when nothing came beyond that, on the source's clock
    """
    by_partition: dict[int, list[Machine]] = {}
    for machine in sorted(frontiers, key=lambda m: m.asset):
        by_partition.setdefault(partition_of(machine.asset, partitions), []).append(machine)
    found = []
    for partition, machines in sorted(by_partition.items()):
        for start in range(0, len(machines), _MOST_MACHINES):
            some = machines[start : start + _MOST_MACHINES]
            frontier = np.array([frontiers[m] for m in some], "<i8").tobytes()
            still = np.array([watched[m] for m in some], "<i8").tobytes() if watched else b""
            nothing = (b"",) * 6
            empty = Block(source, _raw(some), _raw([]), frontier, *nothing, accepted_ns, still)
            found += [Packed(topic, partition, empty) for topic in TOPICS]
    return found


_MOST_MACHINES = 2_500


def _cut(columns: Columns, source: Source, partitions: int, accepted_ns: int) -> list[Packed]:
    """Pack a part of a flush, halving it until each block is small enough."""
    found = _flush(columns, source, partitions, accepted_ns)
    if len(columns) < 2 or all(_size(packed.block) <= LARGEST_BLOCK for packed in found):
        return found
    half = len(columns) // 2
    first, second = columns.rows(slice(0, half)), columns.rows(slice(half, None))
    return [
        *_cut(first, source, partitions, accepted_ns),
        *_cut(second, source, partitions, accepted_ns),
    ]


def _flush(columns: Columns, source: Source, partitions: int, accepted_ns: int) -> list[Packed]:
    """Pack one flush: each partition with its machines in the order of their names."""
    used, machine = np.unique(columns.machine, return_inverse=True)
    machines = [Machine(columns.assets[i], columns.classes[i]) for i in used]
    order = sorted(range(len(machines)), key=lambda i: machines[i].asset)
    home = np.array([partition_of(machines[i].asset, partitions) for i in order])
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    machine = place[machine]
    lag = behind(machine, columns.time)
    frontier = newest(machine, columns.time, len(order))
    topic = np.array([_TOPIC_OF.get(c.quantity, _PROCESS) for c in columns.channels])[columns.channel]
    found = []
    for partition in np.unique(home).tolist():
        mine = np.flatnonzero(home == partition)
        local = np.full(len(order), -1)
        local[mine] = np.arange(len(mine))
        rows = np.flatnonzero(local[machine] >= 0)
        named = _raw([machines[order[i]] for i in mine])
        newest_ns = frontier[mine].astype("<i8").tobytes()
        for code, name in enumerate(TOPICS):
            some = rows[topic[rows] == code]
            rest = _arrays(columns, some, local[machine[some]], None if lag is None else lag[some])
            block = Block(source, named, rest[0], newest_ns, *rest[1:], accepted_ns)
            found.append(Packed(name, partition, block))
    return found


def _arrays(
    columns: Columns, rows: Array, machine: Array, lag: Array | None
) -> tuple[Raw, bytes, bytes, bytes, bytes, bytes, bytes]:
    """Write the rows of one block: its channels in the order of their names, then the arrays."""
    used, channel = np.unique(columns.channel[rows], return_inverse=True)
    channels = [columns.channels[i] for i in used]
    order = sorted(
        range(len(channels)), key=lambda i: (channels[i].name, channels[i].unit, channels[i].quantity)
    )
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return (
        _raw([channels[i] for i in order]),
        machine.astype("<u4").tobytes(),
        place[channel].astype("<u2").tobytes(),
        columns.time[rows].astype("<i8").tobytes(),
        columns.value[rows].astype("<f8").tobytes(),
        columns.quality[rows].astype("u1").tobytes(),
        lag.astype("<i8").tobytes() if lag is not None and lag.any() else b"",
    )


def _raw(names: Sequence[Machine] | Sequence[Channel]) -> Raw:
    """Write a dictionary once; equal ones have equal bytes."""
    return Raw(msgspec.msgpack.encode(names))


def _size(block: Block) -> int:
    """Estimate a block's bytes on the wire."""
    return sum(len(memoryview(part)) for part in (block.machines, block.channels, *_columns(block)))


def _columns(block: Block) -> tuple[bytes, ...]:
    """List the byte fields of a block."""
    return (
        block.frontier,
        block.machine,
        block.channel,
        block.time,
        block.value,
        block.quality,
        block.behind,
    )
