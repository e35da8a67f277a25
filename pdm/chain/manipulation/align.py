"""`align`: a block goes in, the frames it closes come out, machine by machine in event time."""

from collections.abc import Iterator

import msgspec
import numpy as np
from msgspec import Raw

from pdm.chain.manipulation.buffers import Buffers
from pdm.chain.manipulation.closing import Closed
from pdm.chain.manipulation.eating import Arrivals, eat
from pdm.chain.manipulation.rows import CONFLICT, DUPLICATE, LATE, Array
from pdm.records.block import Block
from pdm.records.log import Frames, Late, LogRecord, PlantChange, Silence

CELLS = 32_768
"""Cells in one log record at most, about 400 KB."""

_ENCODER = msgspec.msgpack.Encoder()


class Outcome(msgspec.Struct, frozen=True):
    """What became of a block's readings, for the metrics: each is counted once."""

    accepted: int
    late: int
    duplicates: int
    conflicts: int


def align(buffers: Buffers, topic: int, offset: int, block: Block) -> tuple[list[LogRecord], Outcome]:
    """Put a block into the frames of its machines and return what goes into the ordered log.

    topic, offset : which quantity topic, see `ROWS`, and where in it; a machine that has eaten
                    this offset, as its saved chunk says, does not eat it again
    raises KeyError if the block's dictionaries do not hold what its arrays index
    """
    machines = buffers.machines_of(block.source.run, block.machines)
    channels = buffers.channels_of(block.channels)
    arrivals = _decode(buffers, topic, offset, block, machines, channels)
    closed = buffers.reserve(len(arrivals.time))
    outcome, late = np.zeros(4, np.int64), np.empty(len(arrivals.time), np.int32)
    buffers.open.machines["lateness"][machines] = block.source.lateness_ns
    buffers.chunks.touch(machines)
    n_late = eat(buffers.open, arrivals, closed, topic, buffers.plant.frame_ns, outcome, late)
    buffers.ledger.enter(topic, offset, len(arrivals.time))
    buffers.chunks.position[topic] = max(buffers.chunks.position[topic], offset)
    records = list(_announce(buffers))
    records += _closed(buffers, closed, block.accepted_ns)
    if n_late:
        records.append(_late(buffers, arrivals, late[:n_late], block))
    counts = Outcome(int(outcome[0]), int(outcome[LATE]), int(outcome[DUPLICATE]), int(outcome[CONFLICT]))
    return records, counts


def _decode(
    buffers: Buffers, topic: int, offset: int, block: Block, machines: Array, channels: Array
) -> Arrivals:
    """View a block's bytes as arrays; every index is checked before compiled code follows it."""
    arrivals = Arrivals(
        machine_of=np.where(buffers.chunks.fresh(machines, topic, offset), machines, -1),
        channel_of=channels,
        frontier=np.frombuffer(block.frontier, "<i8"),
        machine=np.frombuffer(block.machine, "<u4"),
        channel=np.frombuffer(block.channel, "<u2"),
        time=np.frombuffer(block.time, "<i8"),
        value=np.frombuffer(block.value, "<f8"),
        quality=np.frombuffer(block.quality, "u1"),
        behind=np.frombuffer(block.behind, "<i8"),
        watched=np.frombuffer(block.watched, "<i8"),
    )
    n = len(arrivals.time)
    same = all(len(a) == n for a in (arrivals.machine, arrivals.channel, arrivals.value, arrivals.quality))
    same &= len(arrivals.watched) in {0, len(machines)} and len(arrivals.frontier) == len(machines)
    if not same or len(arrivals.behind) not in {0, n}:
        raise ValueError("the arrays of this block have different lengths")
    if n and (arrivals.machine.max() >= len(machines) or arrivals.channel.max() >= len(channels)):
        raise ValueError("an index of this block points behind its dictionary")
    return arrivals


def _announce(buffers: Buffers) -> Iterator[LogRecord]:
    """Put the plant file into the log before the first frame that was judged by it."""
    if buffers.announced != buffers.plant.sha256:
        buffers.announced = buffers.plant.sha256
        yield PlantChange(buffers.plant.sha256, buffers.plant.toml)


def _closed(buffers: Buffers, closed: Closed, accepted_ns: int) -> Iterator[LogRecord]:
    """Write what has closed, and the silences where they were."""
    rows, cells = closed.rows[: closed.used[0]], closed.cells[: closed.used[1]]
    silent = rows["silent"] != 0
    if not silent.any():
        yield from _frames(buffers, rows, cells, accepted_ns)
        return
    begun = 0
    for part in np.split(np.arange(len(rows)), np.flatnonzero(np.diff(silent)) + 1):
        width = int(rows["width"][part].sum())
        if silent[part[0]]:
            yield _silence(buffers, rows[part])
        else:
            yield from _frames(buffers, rows[part], cells[begun : begun + width], accepted_ns)
        begun += width


def _silence(buffers: Buffers, rows: Array) -> Silence:
    """Write the machines that were silent for too long."""
    ids, seat = np.unique(rows["machine"], return_inverse=True)
    return Silence(
        seats=buffers.seats_raw(ids),
        seat=seat.astype("<u4").tobytes(),
        since=rows["start"].tobytes(),
        time=rows["silent"].tobytes(),
    )


def _frames(buffers: Buffers, rows: Array, cells: Array, accepted_ns: int) -> Iterator[Frames]:
    """Write frames, in records of at most `CELLS` cells."""
    ends = np.cumsum(rows["width"])
    begin = begun = 0
    while begin < len(rows):
        end = max(int(np.searchsorted(ends, begun + CELLS, side="right")), begin + 1)
        until = int(ends[end - 1])
        yield _record(buffers, rows[begin:end], cells[begun:until], accepted_ns)
        begin, begun = end, until


def _record(buffers: Buffers, rows: Array, cells: Array, accepted_ns: int) -> Frames:
    """Write one log record: its dictionaries hold just what its rows use."""
    ids, seat = np.unique(rows["machine"], return_inverse=True)
    used = np.unique(cells["channel"])
    used = used[np.argsort(buffers.open.rank[used])]
    place = np.zeros(len(buffers.channels), np.uint16)
    place[used] = np.arange(len(used))
    return Frames(
        channels=Raw(_ENCODER.encode([buffers.channels[c] for c in used])),
        seats=buffers.seats_raw(ids),
        seat=seat.astype("<u4").tobytes(),
        time=rows["start"].tobytes(),
        width=rows["width"].astype("<u2").tobytes(),
        channel=place[cells["channel"]].tobytes(),
        value=cells["value"].tobytes(),
        quality=cells["quality"].astype("u1").tobytes(),
        grid_ns=buffers.plant.frame_ns,
        accepted_ns=accepted_ns,
    )


def _late(buffers: Buffers, arrivals: Arrivals, late: Array, block: Block) -> Late:
    """Name each late reading: its machine, channel, time and value."""
    machines = arrivals.machine_of[arrivals.machine[late]]
    ids, seat = np.unique(machines, return_inverse=True)
    return Late(
        seats=buffers.seats_raw(ids),
        channels=block.channels,
        seat=seat.astype("<u4").tobytes(),
        channel=arrivals.channel[late].tobytes(),
        time=arrivals.time[late].tobytes(),
        value=arrivals.value[late].tobytes(),
    )
