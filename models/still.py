"""A sensor that repeats itself: a flat line, or values that are cut off at one end.

A value that is exactly the one before is usual for a coarse instrument and impossible for a fine one. So
nothing is counted against the resolution of an instrument, which nobody knows, but against the longest
row of repeats, and the most repeats in a minute, that this very channel had before.
"""

import numpy as np

from models.compiled import compiled
from models.pace import Pace
from models.row import Record
from models.sensor_state import FEW, FLATLINE, MOST, NOTHING, SATURATION

FACTOR = 3
"""Times the longest row so far."""
CUT = 0.2
"""Share of a minute's values that must be at one end, beside those that repeat anyhow."""
GRAINS = 16
"""Changes over which the grain of a channel is averaged, and that it must have before it is known."""
BEGUN = 3
"""Minutes of its own past that a channel must have before its ends mean anything."""


@compiled
def note(slot: Record, x: float) -> None:
    """Count how often the value has been repeated, and what lies at the ends of this minute."""
    if slot.seen > 0 and x == slot.last:
        slot.same = min(slot.same + 1, MOST)
        slot.repeats += 1
    else:
        if slot.kind == NOTHING:
            slot.longest = max(slot.longest, slot.same)
        slot.same = 0
        if slot.seen > 0 and slot.stage == 0:
            learn_grain(slot, abs(x - slot.last))
    slot.last = x
    slot.seen = min(slot.seen + 1, MOST)
    slot.count += 1
    slot.total += x
    note_ends(slot, float(np.float32(x)))


@compiled
def rest(slot: Record, x: float) -> None:
    """Take a value of a machine at rest, from which nothing is learnt but where it stands."""
    slot.last, slot.level = x, x
    slot.same = slot.stage = 0
    slot.seen = min(slot.seen + 1, MOST)


@compiled
def note_ends(slot: Record, x: float) -> None:
    """Count the values at the ends of this minute."""
    if slot.at_top == 0 or x > slot.top:
        slot.top, slot.at_top = x, 0
    if slot.at_bottom == 0 or x < slot.bottom:
        slot.bottom, slot.at_bottom = x, 0
    slot.at_top += x == slot.top
    slot.at_bottom += x == slot.bottom


@compiled
def turn(slot: Record) -> None:
    """Begin another minute; an end at which there were several values is remembered as one."""
    slot.at_top, slot.at_bottom = min(1, slot.at_top // 2), min(1, slot.at_bottom // 2)
    slot.count, slot.repeats, slot.total = 0, 0, 0.0


@compiled
def learn_grain(slot: Record, step: float) -> None:
    """Learn how far apart a channel's values are when they differ at all."""
    n = slot.changes = min(slot.changes + 1, FEW)
    step = min(step, 4.0 * slot.grain) if n >= GRAINS else step
    slot.grain += (step - slot.grain) / min(n, GRAINS)


@compiled
def frozen(slot: Record, pace: Pace) -> bool:
    """Tell whether the value has been repeated longer than this channel ever does.

    After a jump its own longest row counts once, not thrice: a leap to a value that then stands still is
    two things that a healthy sensor does not do. What never moved since it was first seen tells nothing.
    """
    factor = 1 if slot.stage > 0 else FACTOR
    known = slot.seen - slot.same > pace.minute
    return bool(known and slot.same >= pace.still + factor * slot.longest)


@compiled
def kind_of(slot: Record, param: Record) -> int:
    """Tell a flat line from an end of the range: the declared one, or where it has leapt to.

    Or it stands where it was cut off before. Zero is no end of a range: it is what a dead sensor says.
    """
    x = slot.last
    if x == 0.0:
        return FLATLINE
    cut = slot.at_top if np.float32(x) == slot.top else slot.at_bottom
    again = np.float32(x) == slot.ceiling or cut > slot.same + 1 + slot.most
    if x >= param.highest or x <= param.lowest or slot.stage > 0 or again:
        return SATURATION
    return FLATLINE


@compiled
def cut_off(slot: Record, pace: Pace) -> bool:
    """Tell at the end of a minute whether too many of its values lie at one end.

    Where not, it learns how often values repeat at all: the ends of a coarse instrument tell nothing, and
    are never called cut off. It learns that a minute later, so that the minute in which a cut begins is not
    learnt as usual. What stands still, or begins to, is left to `frozen`.
    """
    top = slot.at_top - (slot.same if np.float32(slot.last) == slot.top else 0)
    bottom = slot.at_bottom - (slot.same if np.float32(slot.last) == slot.bottom else 0)
    hits = max(top, bottom)
    told = slot.minutes >= BEGUN and hits >= CUT * pace.minute + FACTOR * slot.most
    if told:
        slot.ceiling = slot.top if top >= bottom else slot.bottom
    elif slot.kind == NOTHING:
        slot.most = min(FEW, max(slot.most, slot.lately))
        slot.lately = slot.repeats
    return bool(told)
