"""The alarm of one machine: raised at once, released only when every channel has calmed down."""

from typing import NamedTuple

import numpy as np

from models.compiled import compiled
from models.grade import CROSSED, FORBIDDEN, grade
from models.pace import Pace
from models.row import Array, Record, Row

NONE, RAISE, UPDATE, CLEAR = 0, 1, 2, 3

RUN_DOWN = 3
"""Times Pace.settle: an alarm of a machine at rest that is no older came of its running down."""

SLOT = np.dtype([("peak", "f4"), ("moved", "u4")], align=True)
"""Largest part of the channel in this alarm; for how many frames it has been off, see `models.cause`."""

PARAM = np.dtype([("calm", "f8"), ("line", "f8"), ("on", "u4"), ("release", "u4")], align=True)
"""How an alarm of one channel begins and ends; 0 is what is usual.

calm        : it is calm below this part, whatever its peak was: 1 - calm is the deadband. Usual: CALM, or
              half its own peak up to 2 where that is more
line        : what is told by statistics is divided by it. Usual: 1.0, see `models.budget`
on, release : frames above the line before an alarm that this channel leads is raised, and frames of calm
              before it is cleared. Usual: those of Pace
"""

CALM = 0.5

MACHINE = np.dtype(
    [
        ("active", "i4"),
        ("leader", "i4"),  # channel with the largest part at the last report
        ("above", "u4"),  # frames in a row above the line
        ("calm", "u4"),  # frames in a row in which every channel was calm
        ("peak", "f8"),  # largest score of this alarm
        ("score", "f8"),  # score of the last frame
        ("reported", "f8"),  # score at the last report
        ("crossed", "i4"),  # fixed lines crossed at the last report
        ("grade", "i4"),  # the worst of this alarm, and so of its reports: a rise is reported at once
        ("age", "u4"),  # frames since the raise
        ("moved", "u4"),  # 1: told from a baseline too, not from a fixed line alone
        ("release", "i8"),  # frames of calm that end this alarm
    ],
    align=True,
)
"""State of the alarm of one machine."""


class Scores(NamedTuple):
    """What a frame of one machine scores, 1.0 being the line.

    moving   : what is told from a baseline; its rest may stay behind when an alarm is cleared
    standing : what is told from a fixed line: no alarm is cleared while it is above 1
    limit    : that of the plant limits alone, for the grade
    drift    : that of the drift detector alone, for the shares
    """

    moving: float
    standing: float
    limit: float
    drift: float


@compiled
def update_row(
    slots: Array,
    machines: Array,
    params: Array,
    pace: Pace,
    row: Row,
    scores: Scores,
    part: Array,
) -> int:
    """Take the scores and the parts of one frame into the alarm of its machine.

    part     : (>= width,) each channel's part
    params   : (channels,) PARAM
    returns NONE, RAISE, UPDATE (the grade is worse than reported so far, the score has doubled since the
    last report, another channel leads clearly, or another fixed line is crossed) or CLEAR
    Only frames count: a gap neither raises nor clears.
    """
    state, moving, standing = machines[row.machine], scores.moving, scores.standing
    state.score = max(moving, standing)
    if state.active == 0:
        state.moved = int(moving > 1.0)
        if state.score <= 1.0:
            state.above = 0
            return NONE
        own = params[row.first + leading(part, row.width)]
        state.above, state.release = state.above + 1, own.release
        if state.above < (own.on or pace.delay_on):
            return NONE
        return begin(slots, state, params, row, scores, part)
    state.age += row.steps
    state.moved |= int(moving > 1.0)
    worse = worsen(state, scores.limit)
    calm = follow(slots, state, params, row, part) and standing <= 1.0
    state.calm = state.calm + 1 if calm else 0
    if state.calm >= (state.release or pace.release):
        state.active = 0
        return CLEAR
    return report(state, worse, standing, part, row.width)


@compiled
def report(state: Record, worse: bool, standing: float, part: Array, width: int) -> int:
    """Tell whether there is news since the last report: UPDATE or NONE."""
    leader, crossed = leading(part, width), lines(standing)
    doubled = state.score >= 2.0 * state.reported
    overtaken = part[leader] > max(1.0, 1.5 * part[state.leader])
    if not (worse or doubled or overtaken or crossed > state.crossed):
        return NONE
    state.reported, state.leader = max(state.score, state.reported), leader
    state.crossed = max(state.crossed, crossed)
    return UPDATE


@compiled
def hold_row(
    slots: Array,
    machines: Array,
    params: Array,
    pace: Pace,
    row: Row,
    limit: float,
    at_rest: bool,
    part: Array,
) -> int:
    """Take in a frame of a machine that rests, starts or stops; as `update_row`, limits alone count.

    What was told from a baseline waits, neither worse nor calm, until the machine runs again: a fault
    does not mend by stopping. Only where it rests, what was raised as it ran down is cleared.
    """
    state = machines[row.machine]
    if limit > 1.0 or state.above > 0 or (state.active != 0 and state.moved == 0):
        return update_row(slots, machines, params, pace, row, Scores(0.0, limit, limit, 0.0), part)
    state.score = limit
    state.age += row.steps
    ran_down = at_rest and state.active != 0 and state.age <= RUN_DOWN * pace.settle
    return close(state) if ran_down else NONE


@compiled
def close(state: Record) -> int:
    """End the alarm, whatever the score."""
    state.active = state.above = state.calm = 0
    return CLEAR


@compiled
def lines(standing: float) -> int:
    """Count the fixed lines a score has crossed: the warning one at 1.0, the critical one at 2.0."""
    return int(standing >= CROSSED) + int(standing >= FORBIDDEN)


@compiled
def begin(slots: Array, state: Record, params: Array, row: Row, scores: Scores, part: Array) -> int:
    """Raise the alarm."""
    for i in range(row.width):
        slots[row.first + i].peak = 0.0
    state.active, state.above, state.calm, state.peak, state.age = 1, 0, 0, 0.0, 0
    state.reported, state.leader = state.score, leading(part, row.width)
    state.crossed, state.grade = lines(scores.standing), 0
    worsen(state, scores.limit)
    follow(slots, state, params, row, part)
    return RAISE


@compiled
def worsen(state: Record, limit: float) -> bool:
    """Keep the worst grade; tell whether this frame's is worse than all before it."""
    now = grade(state.score, limit)
    worse = now > state.grade
    state.grade = max(state.grade, now)
    return bool(worse)


@compiled
def follow(slots: Array, state: Record, params: Array, row: Row, part: Array) -> bool:
    """Keep the peaks; tell whether every channel is below its own level, or the usual one."""
    calm = True
    state.peak = max(state.peak, state.score)
    for i in range(row.width):
        slot = slots[row.first + i]
        slot.peak = max(slot.peak, part[i])
        calm &= part[i] < (params[row.first + i].calm or max(CALM, min(2.0, 0.5 * slot.peak)))
    return calm


@compiled
def leading(part: Array, width: int) -> int:
    """Return the channel with the largest part, the first of equals."""
    best = 0
    for i in range(1, width):
        if part[i] > part[best]:
            best = i
    return best
