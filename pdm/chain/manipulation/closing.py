"""Closing frames, compiled: rows leave in time order per machine and become cells of the log."""

from typing import Any, NamedTuple

import numpy as np

from models.compiled import compiled
from pdm.chain.manipulation.rows import FRAMED, NEVER, NONE, TOPICS, Array, Open, release
from pdm.chain.manipulation.silence import notice, patience_of, settled, watched_until
from pdm.state.registry import CHUNK

CLOSED = np.dtype([("machine", "i4"), ("width", "i4"), ("start", "i8"), ("silent", "i8")])
"""A frame; or, where `silent` is not 0, a silence: since when (`start`), and when it was too long."""

CELL = np.dtype([("value", "f8"), ("channel", "i4"), ("quality", "i4")])


class Closed(NamedTuple):
    """Frames that have closed, in order.

    rows : CLOSED       cells : CELL, the rows' cells one after the other
    used : (3,) rows and cells written so far, and the readings that were reduced to these cells
    """

    rows: Array
    cells: Array
    used: Array


@compiled
def close_complete(o: Open, closed: Closed, m: int, row: int, grid: int) -> None:
    """Close a complete frame, and those complete after it, if the frame before it is closed."""
    machine = o.machines[m]
    if not settled(o, m):
        return
    while row != NONE and not o.rows[row].closed and o.rows[row].counted >= machine.expected > 0:
        before = o.rows[row].prev
        in_order = machine.lateness == 0 and (before == NONE or o.rows[before].closed)
        if not in_order and machine.closed != o.rows[row].start:
            return
        emit(o, closed, m, row, grid)
        row = o.rows[row].next


@compiled
def close_passed(o: Open, closed: Closed, m: int, grid: int) -> None:
    """Close and forget what the clock of the slowest topic, less the lateness, has passed.

    Then comes the silence that may follow it, and only then what is complete.
    """
    machine = o.machines[m]
    slowest = o.frontier[m, 0]
    for k in range(1, TOPICS):
        slowest = min(slowest, o.frontier[m, k])
    row = machine.head
    while row != NONE and o.rows[row].start + grid <= slowest - machine.lateness:
        after = o.rows[row].next
        if not o.rows[row].closed:
            emit(o, closed, m, row, grid)
        release(o, m, row)
        row = after
    machine.head = row
    watch(o, closed, m, grid)
    if row == NONE:
        machine.tail = NONE
        return
    o.rows[row].prev = NONE
    while row != NONE and o.rows[row].closed:
        row = o.rows[row].next
    close_complete(o, closed, m, row, grid)


@compiled
def emit(o: Open, closed: Closed, m: int, row: int, grid: int) -> None:
    """Write one row with its cells to the output, and before it the silence that it ends."""
    fall_silent(o, closed, m, o.rows[row].start, grid)
    notice(o, m, o.rows[row].start, grid)
    begin, reduced = closed.used[1], closed.used[2]
    here = o.rows[row].head
    while here != NONE:
        here = reduce_channel(o, closed, here, closed.cells[closed.used[1]])
        closed.used[1] += 1
    o.tally[m // CHUNK, FRAMED] += closed.used[2] - reduced
    out = closed.rows[closed.used[0]]
    out.machine, out.start, out.width, out.silent = m, o.rows[row].start, closed.used[1] - begin, 0
    closed.used[0] += 1
    o.rows[row].closed = 1
    o.machines[m].closed = o.rows[row].start + grid


@compiled
def fall_silent(o: Open, closed: Closed, m: int, until: int, grid: int) -> None:
    """Write that machine m was silent for too long, where no frame came before `until`."""
    machine = o.machines[m]
    if machine.patience == 0 or machine.usual == 0 or machine.silent:
        return
    time = machine.closed + patience_of(machine, grid)
    if until >= time:
        out = closed.rows[closed.used[0]]
        out.machine, out.start, out.width, out.silent = m, machine.closed, 0, time
        closed.used[0] += 1
        machine.silent = 1


@compiled
def watch(o: Open, closed: Closed, m: int, grid: int) -> None:
    """Write that machine m is silent, where all topics have been told so and nothing newer has closed."""
    if o.told[m, 0] != NEVER:
        fall_silent(o, closed, m, watched_until(o, m), grid)


@compiled
def reduce_channel(o: Open, closed: Closed, first: int, cell: Any) -> int:
    """Reduce one channel's readings in one frame to the mean, in time order, of its best quality.

    returns the first reading of the next channel
    """
    c, best, here = o.readings[first].channel, 0, first
    while here != NONE and o.readings[here].channel == c:
        best = max(best, o.readings[here].quality)
        closed.used[2] += 1
        here = o.readings[here].next
    total, n, here = 0.0, 0, first
    while here != NONE and o.readings[here].channel == c:
        if o.readings[here].quality == best:
            total += o.readings[here].value
            n += 1
        here = o.readings[here].next
    cell.channel, cell.value, cell.quality = c, total / n, best
    return here
