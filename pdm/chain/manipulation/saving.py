"""A chunk of the open frames as bytes, and back: what a worker needs to go on after a crash."""

import msgspec
import numpy as np
from msgspec import Struct

from models.compiled import compiled
from pdm.chain.manipulation.buffers import Buffers
from pdm.chain.manipulation.rows import ACCEPTED, NONE, READ, Array, Open, count, find_row, place
from pdm.errors import StateError
from pdm.records.block import Channel
from pdm.records.log import Seat
from pdm.state.chunks import widened
from pdm.state.layout import LayoutError, adopted
from pdm.state.registry import CHUNK

SAVED_ROW = np.dtype([("start", "<i8"), ("machine", "<i4"), ("closed", "<i4")])
SAVED_READING = np.dtype(
    [("time", "<i8"), ("value", "<f8"), ("row", "<i4"), ("channel", "<i4"), ("quality", "<i4")]
)


SHAPE = f"{SAVED_ROW.descr};{SAVED_READING.descr}"
FIRST_SHAPE = (
    "[('start', '<i8'), ('machine', '<i4'), ('closed', '<i4')];"
    "[('time', '<i8'), ('value', '<f8'), ('row', '<i4'), ('channel', '<i4'), ('quality', '<i4')]"
)
"""What chunks have that do not say it: the first versions did not."""


class SavedFrames(Struct, frozen=True, array_like=True):
    """One chunk of `Buffers`; machines by their place in `seats`, channels in `channels`.

    eaten : i8[READ]        announced : sha256 of the plant file the log has
    tally : i8[COUNTS], what became of all readings it has eaten
    told, watched, usual, silent : see `silence`; empty where an older version wrote it
    shape : the fields of rows and of readings; what another version wrote is mapped by their names
    """

    plant: str
    announced: str
    seats: tuple[Seat, ...]
    channels: tuple[Channel, ...]
    eaten: bytes
    lateness: bytes
    closed: bytes
    expected: bytes
    frontier: bytes
    rows: bytes
    readings: bytes
    tally: bytes
    told: bytes = b""
    watched: bytes = b""
    usual: bytes = b""
    silent: bytes = b""
    shape: str = FIRST_SHAPE


_DECODER = msgspec.msgpack.Decoder(SavedFrames)


def save(buffers: Buffers, chunk: int) -> bytes:
    """Encode a chunk as it is now and note that it has been saved."""
    members = np.array(buffers.registry.members(chunk), np.int32)
    rows, readings = _dump(buffers.open, members)
    used, local = np.unique(readings["channel"], return_inverse=True)
    readings["channel"] = local
    machines = buffers.open.machines[members]
    saved = SavedFrames(
        plant=buffers.plant.sha256,
        announced=buffers.announced,
        seats=tuple(buffers.registry.seats[int(m)] for m in members),
        channels=tuple(buffers.channels[c] for c in used),
        eaten=buffers.chunks.saved(chunk).tobytes(),
        lateness=machines["lateness"].tobytes(),
        closed=machines["closed"].tobytes(),
        expected=machines["expected"].tobytes(),
        frontier=buffers.open.frontier[members].tobytes(),
        rows=rows.tobytes(),
        readings=readings.tobytes(),
        tally=buffers.open.tally[chunk].tobytes(),
        told=buffers.open.told[members].tobytes(),
        watched=buffers.open.watched[members].tobytes(),
        usual=machines["usual"].tobytes(),
        silent=machines["silent"].tobytes(),
        shape=SHAPE,
    )
    return msgspec.msgpack.encode(saved)


def load(buffers: Buffers, chunk: int, data: bytes) -> None:
    """Take over a saved chunk into buffers that do not have it yet.

    raises StateError where another version wrote it otherwise
    """
    try:
        saved = _DECODER.decode(data)
        rows, readings = _taken_over(saved)
    except (msgspec.MsgspecError, LayoutError) as error:
        told = f"the saved state of align was written by another version: {error}"
        raise StateError(f"{told}; `pdmctl state reset align` makes it from the topics again") from error
    ids = np.array(buffers.registry.load(chunk, saved.seats), np.int32)
    buffers.cover()
    buffers.chunks.restore(chunk, widened(np.frombuffer(saved.eaten, "<i8"), READ))
    buffers.announced = buffers.announced or saved.announced
    buffers.open.tally[chunk] = np.frombuffer(saved.tally, "<i8")
    for machine in ids:
        buffers.declare(int(machine))
    machines = buffers.open.machines
    machines["lateness"][ids] = np.frombuffer(saved.lateness, "<i8")
    machines["closed"][ids] = np.frombuffer(saved.closed, "<i8")
    buffers.open.frontier[ids] = np.frombuffer(saved.frontier, "<i8").reshape(len(ids), -1)
    if saved.told:
        for clocks, content in ((buffers.open.told, saved.told), (buffers.open.watched, saved.watched)):
            clocks[ids] = np.frombuffer(content, "<i8").reshape(len(ids), -1)
        machines["usual"][ids] = np.frombuffer(saved.usual, "<i8")
        machines["silent"][ids] = np.frombuffer(saved.silent, "<i4")
    channels = np.array([buffers.channel(c) for c in saved.channels], np.int32)
    buffers.reserve(len(readings) + len(rows))
    _refill(buffers.open, ids, channels, rows, readings)
    if saved.plant == buffers.plant.sha256:
        machines["expected"][ids] = np.frombuffer(saved.expected, "<i4")


def _taken_over(saved: SavedFrames) -> tuple[Array, Array]:
    """Read rows and readings as there are now; raises LayoutError."""
    of_rows, _, of_readings = saved.shape.partition(";")
    return adopted(saved.rows, of_rows, SAVED_ROW), adopted(saved.readings, of_readings, SAVED_READING)


def _dump(o: Open, members: Array) -> tuple[Array, Array]:
    """Copy the rows and readings of some machines, in order."""
    n_rows, n_readings = _measure(o, members)
    rows, readings = np.zeros(n_rows, SAVED_ROW), np.zeros(n_readings, SAVED_READING)
    _copy(o, members, rows, readings)
    return rows, readings


@compiled
def _measure(o: Open, members: Array) -> tuple[int, int]:
    """Count the rows and readings of some machines."""
    n_rows = n_readings = 0
    for m in members:
        row = o.machines[m].head
        while row != NONE:
            n_rows += 1
            here = o.rows[row].head
            while here != NONE:
                n_readings += 1
                here = o.readings[here].next
            row = o.rows[row].next
    return n_rows, n_readings


@compiled
def _copy(o: Open, members: Array, rows: Array, readings: Array) -> None:
    n_rows = n_readings = 0
    for local in range(len(members)):
        row = o.machines[members[local]].head
        while row != NONE:
            out = rows[n_rows]
            out.start, out.machine, out.closed = o.rows[row].start, local, o.rows[row].closed
            here = o.rows[row].head
            while here != NONE:
                held, copy = o.readings[here], readings[n_readings]
                copy.time, copy.value, copy.row = held.time, held.value, n_rows
                copy.channel, copy.quality = held.channel, held.quality
                n_readings += 1
                here = held.next
            n_rows += 1
            row = o.rows[row].next


@compiled
def _refill(o: Open, ids: Array, channels: Array, rows: Array, readings: Array) -> None:
    """Put saved readings back into rows of their own, then close what was closed."""
    begin = 0
    for i in range(len(rows)):
        m = ids[rows[i].machine]
        row = find_row(o, m, rows[i].start)
        while begin < len(readings) and readings[begin].row == i:
            saved = readings[begin]
            c = channels[saved.channel]
            placed = place(o, row, c, saved.time, saved.value, saved.quality)
            if placed == ACCEPTED and o.machines[m].expected > 0:
                count(o, m, row, c)
            begin += 1
        o.rows[row].closed = rows[i].closed


__all__ = ["CHUNK", "load", "save"]
