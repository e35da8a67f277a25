"""A sensor whose values stay away while the machine's others come, or come too late: a clock that is off.

How often a channel comes is learnt: one that says something each ten seconds is not absent in between.
Readings that come too late for their frames are counted as they are recorded, so that a channel whose clock
lags is told from a dead one, and one whose clock leads, which makes all others late, from many dead ones.
"""

from models.compiled import compiled
from models.pace import Pace
from models.row import Array, Record, Row
from models.sensor_state import CLOCK_SKEW, DROPOUT, FAILURE, FEW, NOTHING, blame, unblamed

LATELY, USUALLY = 30.0, 600.0
"""Frames over which the share of absent values is damped."""
SCARCE, BACK = 0.4, 0.7
"""Shares of its usual values: below the one it drops out, above the other it is back."""
REMEMBERED = 5
"""Late readings that are enough to know of, and frames that must pass before they are forgotten."""


@compiled
def note(slot: Record, there: bool) -> None:
    """Count a frame with or without a value."""
    if slot.seen == 0:
        return
    missing = 0.0 if there else 1.0
    slot.absent += (missing - slot.absent) / LATELY
    if slot.kind == NOTHING:
        slot.usual += (missing - slot.usual) / min(float(slot.seen) + 1.0, USUALLY)
    if not there:
        slot.gap = min(slot.gap + 1, FEW)
        return
    slot.late = max(0, slot.late - 1)
    if slot.kind == NOTHING:
        slot.longest_gap = max(slot.longest_gap, slot.gap)
    slot.gap = 0


@compiled
def is_late(slot: Record, pace: Pace) -> bool:
    """Tell whether a channel is away because its readings come too late."""
    return bool(slot.gap >= pace.decide and slot.late >= REMEMBERED)


@compiled
def lasts(slot: Record, pace: Pace) -> bool:
    """Tell whether a channel has been away for a minute, or as long as can be counted."""
    return bool(slot.gap >= min(pace.minute, FEW))


@compiled
def is_absent(slot: Record, pace: Pace) -> bool:
    """Tell whether a channel has stayed away longer, or comes more rarely, than it ever did."""
    away = slot.gap >= pace.still + 3 * slot.longest_gap
    rare = 1.0 - slot.absent < SCARCE * (1.0 - slot.usual)
    return bool(slot.seen > pace.minute and slot.gap > 0 and (away or rare))


@compiled
def judge(slots: Array, params: Array, pace: Pace, row: Row) -> bool:
    """Blame the channels of one machine that are away, or whose clock is off; tells whether most are away.

    While most of the others are there, a channel that is away is itself to blame, unless others begin to
    come late too. Where most are late, the one that is there runs ahead of them; where a few are, it takes a
    minute. Where most are away and it is not known yet why, nobody is to blame.
    """
    known = there = late = touched = long = 0
    for i in range(row.width):
        slot = slots[row.first + i]
        if slot.seen > pace.minute:
            known += 1
            there += slot.gap == 0
            late += is_late(slot, pace)
            long += is_late(slot, pace) and lasts(slot, pace)
            touched += slot.late > 0
    few = max(1, known // 4)
    ahead = 2 * late >= known and (there <= 1 or (there <= few and 2 * long >= known))
    for i in range(row.width):
        slot = slots[row.first + i]
        if params[row.first + i].judged == 0 or not (unblamed(slot) or slot.kind == DROPOUT):
            continue
        if 2 * there >= known:
            blame_absent(slot, pace, touched <= few)
        elif ahead and slot.gap == 0 and slot.seen > pace.minute:
            blame(slot, CLOCK_SKEW, FAILURE)
        elif lasts(slot, pace) and slot.late == 0 and unblamed(slot):
            blame(slot, DROPOUT, FAILURE)
    return bool(2 * there < known)


@compiled
def blame_absent(slot: Record, pace: Pace, alone: bool) -> None:
    """Blame a channel that is away while most are there; alone: few others come late.

    A clock is blamed after a minute. One that runs wrong by 2 % is a second off by then, so whoever else is
    to come late because another clock runs ahead has begun to.
    """
    if is_late(slot, pace):
        if alone and lasts(slot, pace):
            blame(slot, CLOCK_SKEW, FAILURE)
    elif slot.kind != DROPOUT and slot.late < REMEMBERED and is_absent(slot, pace):
        blame(slot, DROPOUT, FAILURE)


@compiled
def is_back(slot: Record) -> bool:
    """Tell whether a channel comes about as often as usual again, and in time."""
    return bool(slot.late == 0 and slot.gap == 0 and 1.0 - slot.absent > BACK * (1.0 - slot.usual))
