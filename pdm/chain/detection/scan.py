"""The frames of one log record scored row by row, compiled: values in, transitions of alarms out."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models import alarm, creep, sensor_state, unwatched, watch
from models.compiled import compiled
from models.row import Record, Row

Array = NDArray[Any]

NEVER = -(2**62)
"""The time before the first frame."""
PAUSED, RENEWED, ASKED = 1, 2, 4
"""Marks of a row: nobody judges it; what was learnt before it is forgotten; it is explained in any case.

0 is a row like any other.
"""
USABLE = 2
"""Readings below this quality are not judged, see `Quality`."""

MACHINE = np.dtype(
    [
        ("last", "i8"),  # time of the last frame
        ("first", "i4"),  # its slots
        ("width", "i4"),
        ("raised", "i8"),  # the rest is about its latest alarm: time of the raise
        ("revision", "i4"),
        ("epoch", "i4"),
        ("cause", "i8"),  # detector that led at the raise, a row of parts as in models.watch
        ("since", "i8"),  # end of its last frame before the silence that is open
        ("silent", "i8"),  # when that had become too long, 0 where none is open
        ("judged", "i8"),  # offset in the log of its last frame
    ]
)
"""What the chain remembers of one machine, beside the state of its detectors."""

SLOT = np.dtype([("value", "f8"), ("channel", "i4"), ("measured", "i4"), ("raised", "i8")])
"""The last frame of one channel; raised: time of the raise of its sensor's latest event."""

TRANSITION = np.dtype(
    [
        ("row", "i8"),
        ("peak", "f8"),
        ("machine", "i4"),
        ("code", "i4"),
        ("epoch", "i4"),
        ("part", "i4"),
        ("width", "i4"),
        ("grade", "i4"),
        ("kind", "i4"),
        ("status", "i4"),
        ("place", "i4"),
    ]
)
"""A change of an alarm as it was at that row; `part` and `width` say which parts explain it.

grade : the worst of the alarm so far, as in `models.grade`
kind  : 0 for the machine's alarm; else what is wrong with the sensor in that place of the machine, and
        `status` its status, as in `models.sensor_state`
"""

PART = np.dtype(
    [
        ("value", "f8"),
        ("baseline", "f8"),
        ("parts", "f8", (5,)),
        ("share", "f8"),
        ("moved", "i4"),
        ("channel", "i4"),
        ("status", "i8"),
    ]
)
"""What one channel contributed: a row of parts as in `models.watch`; the baseline is NaN if unknown.

share  : what it adds to the score of the machine
moved  : for how many frames it has been off, as in `models.cause`
status : of its sensor, as in `models.sensor_state`
"""


class Tables(NamedTuple):
    """The state of every machine of a partition, as parallel arrays; a machine owns a range of slots."""

    machines: Array
    slots: Array
    watch: watch.State


class Rows(NamedTuple):
    """A decoded log record, see `pdm.records.log.Frames`; `begin` has the first cell of each row.

    machine_of : ids of its seats, -1 for a machine that has eaten this record before
    offset     : of the record in the log
    marks      : u1[rows], or empty where all are 0
    """

    machine_of: Array
    channel_of: Array
    seat: Array
    time: Array
    begin: Array
    channel: Array
    value: Array
    quality: Array
    grid: int
    offset: int
    marks: Array


class Found(NamedTuple):
    """What the kernel reports.

    transitions : TRANSITION      parts : PART
    scores      : (rows,) score of each row, NaN where it was skipped
    """

    transitions: Array
    parts: Array
    scores: Array


@compiled
def scan(t: Tables, kit: watch.Kit, rows: Rows, found: Found, start: int, widest: int) -> tuple[int, int]:
    """Score the rows from `start` on; returns the row to go on with and the number of transitions.

    It comes back early before a row with an unknown channel, and when `found` is full.
    widest : channels of the machine that has most
    """
    n = written = 0
    x, ok, parts = np.zeros(widest), np.zeros(widest, np.bool_), np.zeros((watch.PARTS, widest))
    for r in range(start, len(rows.time)):
        m = rows.machine_of[rows.seat[r]]
        if m < 0 or rows.time[r] <= t.machines[m].last:
            found.scores[r] = np.nan
            continue
        machine = t.machines[m]
        most = 2 * machine.width + 1
        full = n + most > len(found.transitions) or written + most + machine.width > len(found.parts)
        if full or not gather(t, rows, m, r, x, ok):
            return r, n
        steps = 1 if machine.last == NEVER else (rows.time[r] - machine.last) // rows.grid
        row = Row(m, machine.first, machine.width, steps, x, ok)
        code = judge(t, kit, row, parts, rows.marks[r] if len(rows.marks) else 0)
        machine.last, machine.judged = rows.time[r], rows.offset
        found.scores[r] = t.watch.machines.alarm[m].score
        if t.watch.machines.sensor[m].news > 0:
            told = tell(t, found, r, m, n, written)
            n, written = n + told, written + told
        if code != alarm.NONE or (len(rows.marks) and rows.marks[r] & ASKED):
            enter(t, found.transitions[n], row, r, code, written)
            explain(t, found, written, machine.first, machine.width, ok, parts)
            written += machine.width
            n += 1
    return len(rows.time), n


@compiled
def enter(t: Tables, entry: Record, row: Row, r: int, code: int, written: int) -> None:
    """Write down a change of a machine's alarm, or that its row was asked for."""
    state = t.watch.machines.alarm[row.machine]
    entry.row, entry.machine, entry.code, entry.part, entry.width = r, row.machine, code, written, row.width
    entry.kind, entry.epoch = sensor_state.NOTHING, t.watch.machines.drift[row.machine].epoch
    entry.peak, entry.grade = state.peak, state.grade


@compiled
def judge(t: Tables, kit: watch.Kit, row: Row, parts: Array, mark: int) -> int:
    """Judge a row as it is marked; returns the transition of the alarm.

    An alarm that outlasted a maintenance, since no frame fell into it, ends with the first one after it.
    """
    if mark & RENEWED:
        unwatched.renew(t.watch, row)
    if mark & PAUSED or (mark & RENEWED and t.watch.machines.alarm[row.machine].active != 0):
        return int(unwatched.pass_row(t.watch, row, parts))
    return int(watch.watch_row(t.watch, kit, row, parts))


@compiled
def gather(t: Tables, rows: Rows, m: int, r: int, x: Array, ok: Array) -> bool:
    """Put the cells of a row onto the slots of its machine; both are sorted by channel.

    returns False where the machine does not have one of the channels yet
    """
    first, width = t.machines[m].first, t.machines[m].width
    slot = 0
    for i in range(width):
        ok[i] = False
    for cell in range(rows.begin[r], rows.begin[r + 1]):
        c = rows.channel_of[rows.channel[cell]]
        while slot < width and t.slots[first + slot].channel != c:
            slot += 1
        if slot == width:
            return False
        x[slot], ok[slot] = rows.value[cell], rows.quality[cell] >= USABLE
    for i in range(width):
        t.slots[first + i].measured = ok[i]
        if ok[i]:
            t.slots[first + i].value = x[i]
    return True


@compiled
def explain(t: Tables, found: Found, begin: int, first: int, width: int, ok: Array, parts: Array) -> None:
    """Write down what each channel of a machine contributed to a transition."""
    for i in range(width):
        part, learnt = found.parts[begin + i], t.watch.slots.drift[first + i]
        part.channel = t.slots[first + i].channel
        part.status = sensor_state.status_of(t.watch.slots.sensor[first + i])
        part.value = t.slots[first + i].value if ok[i] else np.nan
        # At the present load: what the drivers explain of the value belongs to the baseline too.
        explained = part.value - parts[watch.REST, i] if ok[i] else 0.0
        part.baseline = learnt.base + explained if learnt.learnt > 0 else np.nan
        part.share, part.moved = parts[watch.SHARE, i], t.watch.slots.alarm[first + i].moved
        for k in range(5):
            part.parts[k] = parts[k, i]


@compiled
def tell(t: Tables, found: Found, r: int, m: int, n: int, written: int) -> int:
    """Write down the news of a machine's sensors: what has ended, then what has begun; returns how many."""
    told, machine = 0, t.machines[m]
    for i in range(machine.width):
        slot = t.watch.slots.sensor[machine.first + i]
        if slot.kind == slot.stands:
            continue
        for code, kind in ((alarm.CLEAR, slot.stands), (alarm.RAISE, slot.kind)):
            if kind == sensor_state.NOTHING:
                continue
            entry, part = found.transitions[n + told], found.parts[written + told]
            entry.row, entry.machine, entry.code, entry.part, entry.width = r, m, code, written + told, 1
            entry.kind, entry.status, entry.place = kind, slot.status, i
            part.channel, part.value = t.slots[machine.first + i].channel, t.slots[machine.first + i].value
            part.baseline, part.parts[watch.ALL] = against(slot, kind), 1.0
            if kind == sensor_state.SPIKE and code == alarm.RAISE:
                part.value = slot.farthest
            if kind == sensor_state.DRIFT:
                part.parts[watch.ALL] = abs(slot.creep) / creep.LINE
            entry.peak = part.parts[watch.ALL]
            told += 1
        slot.stands = slot.kind
    return told


@compiled
def against(slot: Record, kind: int) -> float:
    """Return what a sensor's value is held against, NaN where it is against nothing."""
    if kind == sensor_state.DRIFT:
        return float(slot.anchor)
    if kind in (sensor_state.SPIKE, sensor_state.SCALE):
        return float(slot.before)
    return np.nan
