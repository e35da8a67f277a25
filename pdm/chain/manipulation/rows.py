"""Open frames as linked rows of readings, compiled: where a reading goes, and what becomes of it.

A machine has a list of rows in time order, a row a list of readings in order of channel and time.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.compiled import compiled

Array = NDArray[Any]

Record = Any
"""One element of a structured array; inside a kernel its fields are attributes."""

NEVER = -(2**62)
"""A frontier before any data."""
NONE = -1
"""End of a list."""
TOPICS = 4
"""Quantity topics: vibration, temperature, pressure, process."""
CONTROL = TOPICS
"""The topic behind them, of what people change. It has no frontier, and holds nothing back."""
READ = TOPICS + 1
"""Topics that are read."""

MACHINE = np.dtype(
    [
        ("head", "i4"),
        ("tail", "i4"),
        ("lateness", "i8"),
        ("closed", "i8"),
        ("declared_from", "i4"),
        ("declared", "i4"),
        ("expected", "i4"),
        ("recent", "i4"),
        ("patience", "i8"),
        ("usual", "i8"),
        ("silent", "i4"),
    ]
)
"""closed: end of the last closed frame; expected: readings of a complete frame, 0 if undeclared;
recent: row in which a reading was last placed, where the search for the next begins;
patience, usual, silent: see `silence`."""

ROW = np.dtype(
    [("start", "i8"), ("prev", "i4"), ("next", "i4"), ("head", "i4"), ("counted", "i4"), ("closed", "i4")]
)
READING = np.dtype([("time", "i8"), ("value", "f8"), ("channel", "i4"), ("next", "i4"), ("quality", "i4")])
FREE = np.dtype([("head", "i4"), ("count", "i4")])
"""A list of unused entries of a pool."""

ACCEPTED, LATE, DUPLICATE, CONFLICT = range(4)
"""What became of a reading: in a frame, too late, a repeat, a repeat with another value."""
FRAMED = 4
"""A reading that was accepted, and whose frame has closed."""
COUNTS = 5
"""What is counted of a chunk of machines; those accepted and not framed are in open frames."""


class Open(NamedTuple):
    """The open frames of a partition.

    machines : (m,) MACHINE         frontier : (m, TOPICS) i8, newest data time by topic
    told, watched : (m, TOPICS) i8, see `silence`
    rows     : (r,) ROW             readings : (n,) READING
    free     : (2,) FREE, of rows and of readings
    rank     : (c,) place of each channel among the sorted names
    declared : (d,) channels that machines have declared, see `MACHINE`
    tally    : (k, COUNTS) i8, what became of the readings of each chunk of machines
    """

    machines: Array
    frontier: Array
    rows: Array
    readings: Array
    free: Array
    rank: Array
    declared: Array
    tally: Array
    told: Array
    watched: Array


@compiled
def find_row(o: Open, m: int, start: int) -> int:
    """Return the row of machine m that begins at `start`; make it where there is none."""
    rows, machine = o.rows, o.machines[m]
    after = last_before(o, m, start)
    if after != NONE and rows[after].start == start:
        machine.recent = after
        return int(after)
    new = o.free[0].head
    row = rows[new]
    o.free[0].head = row.next
    o.free[0].count -= 1
    machine.recent = new
    before = machine.head if after == NONE else rows[after].next
    row.start, row.prev, row.next, row.head, row.counted, row.closed = start, after, before, NONE, 0, 0
    if after == NONE:
        machine.head = new
    else:
        rows[after].next = new
    if before == NONE:
        machine.tail = new
    else:
        rows[before].prev = new
    return int(new)


@compiled
def last_before(o: Open, m: int, start: int) -> int:
    """Return the last row of machine m that begins at `start` or before; NONE where there is none."""
    rows, machine = o.rows, o.machines[m]
    here = machine.recent
    if here == NONE or rows[here].start > start:
        here = machine.tail if here == NONE else here
        while here != NONE and rows[here].start > start:
            here = rows[here].prev
        return int(here)
    while rows[here].next != NONE and rows[rows[here].next].start <= start:
        here = rows[here].next
    return int(here)


@compiled
def place(o: Open, row: int, c: int, t: int, x: float, q: int) -> int:
    """Put a reading into its row; returns what became of it.

    Two values for one instant: the better quality wins, then the smaller value, whatever came first.
    """
    readings = o.readings
    before, here = NONE, o.rows[row].head
    while here != NONE and (
        o.rank[readings[here].channel] < o.rank[c]
        or (readings[here].channel == c and readings[here].time < t)
    ):
        before, here = here, readings[here].next
    if here != NONE and readings[here].channel == c and readings[here].time == t:
        return settle(o, row, here, x, q)
    if o.rows[row].closed:
        return LATE
    new = o.free[1].head
    reading = readings[new]
    o.free[1].head = reading.next
    o.free[1].count -= 1
    reading.time, reading.value, reading.channel, reading.quality, reading.next = t, x, c, q, here
    if before == NONE:
        o.rows[row].head = new
    else:
        readings[before].next = new
    return ACCEPTED


@compiled
def settle(o: Open, row: int, here: int, x: float, q: int) -> int:
    """Settle two readings of one channel and instant; the one that is held may be replaced."""
    held = o.readings[here]
    if held.value == x and held.quality == q:
        return DUPLICATE
    if not o.rows[row].closed and (q > held.quality or (q == held.quality and x < held.value)):
        held.value, held.quality = x, q
    return CONFLICT


@compiled
def count(o: Open, m: int, row: int, c: int) -> None:
    """Count a placed reading towards its frame.

    Where a machine sends a channel that it did not declare, its frames wait for the clock from then on.
    """
    machine = o.machines[m]
    for i in range(machine.declared_from, machine.declared_from + machine.declared):
        if o.declared[i] == c:
            o.rows[row].counted += 1
            return
    machine.expected = 0


@compiled
def release(o: Open, m: int, row: int) -> None:
    """Give a row of machine m and its readings back to the free lists."""
    if o.machines[m].recent == row:
        o.machines[m].recent = NONE
    here = o.rows[row].head
    while here != NONE:
        after = o.readings[here].next
        o.readings[here].next = o.free[1].head
        o.free[1].head = here
        o.free[1].count += 1
        here = after
    o.rows[row].next = o.free[0].head
    o.free[0].head = row
    o.free[0].count += 1
