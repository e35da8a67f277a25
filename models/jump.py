"""A sensor that leaps by itself: a spike that is gone at once, or values that are suddenly in another unit.

A leap of one channel while the others of its machine stay is held back for the few frames that it takes to
tell. What comes back is a spike. What stays, and is to the value before as one known unit to another, is a
swap. What stays otherwise is the machine's, and is let through.
"""

from models.compiled import compiled
from models.pace import Pace
from models.row import Array, Record
from models.sensor_state import FEW, allowance
from models.still import GRAINS

NOISES, STEPS = 8.0, 3.0
"""Mean distances from the level, and usual changes, that no healthy value goes, beside an allowance."""
PLAIN = 3.0
"""Allowances: one spike this far off is enough; of smaller ones it takes as many as reach so far together."""
LEVEL, NOISE = 8, 60
"""Values over which the level and the noise are damped."""
MINUTES = 5
"""After which a plain spike is forgotten."""


@compiled
def reach(slot: Record, param: Record) -> float:
    """Return how far off its level a healthy value may be."""
    return float(max(NOISES * slot.noise, STEPS * slot.grain, allowance(slot, param)))


@compiled
def leaps(slot: Record, param: Record, pace: Pace, x: float) -> bool:
    """Tell whether a value is out of reach of a level that is known."""
    known = slot.seen > pace.minute and slot.changes >= GRAINS
    return bool(known and abs(x - slot.level) > reach(slot, param))


@compiled
def learn(slot: Record, x: float) -> None:
    """Take a value into the level and the noise; one far off moves the noise by no more than four of it."""
    n = slot.seen
    off = abs(x - slot.level)
    if n <= 1:
        slot.level, slot.noise = x, 0.0
        return
    wide = min(off, 4.0 * slot.noise) if n > LEVEL else off
    slot.noise += (wide - slot.noise) / min(n - 1, NOISE)
    slot.level += (x - slot.level) / min(n, LEVEL)


@compiled
def begin(slot: Record, x: float) -> None:
    """Begin to decide what a leap is."""
    slot.stage, slot.before, slot.after, slot.farthest = 1, slot.level, 0.0, x


@compiled
def go_on(slot: Record, x: float) -> None:
    """Take another value of a leap."""
    slot.stage = min(slot.stage + 1, FEW)
    slot.after += x
    if abs(x - slot.before) > abs(slot.farthest - slot.before):
        slot.farthest = x


@compiled
def count_spike(slot: Record, param: Record, pace: Pace) -> bool:
    """Count a leap that came back, and learn that such things happen; tells whether it is worth a word."""
    off = abs(slot.farthest - slot.before)
    slot.noise += (min(off, 4.0 * slot.noise) - slot.noise) / NOISES
    plain = PLAIN * allowance(slot, param)
    lasts = MINUTES * pace.minute
    slot.spikes = min(2 * lasts, slot.spikes + (lasts if off >= plain else int(lasts * off / plain)))
    slot.stage = 0
    return bool(slot.spikes >= lasts)


@compiled
def came_back(slot: Record, param: Record, x: float) -> bool:
    """Tell whether a value is back where it was before the leap."""
    return bool(abs(x - slot.before) <= 0.5 * reach(slot, param))


@compiled
def is_swap(slot: Record, swaps: Array) -> bool:
    """Tell whether the values after a leap are the value before it in another unit.

    swaps : (n, 2) gain and offset of each conversion that could have been mistaken, gain 0 for none
    The first value after the leap does not count: it may be an average of both. What stands still is none.
    """
    if slot.stage < 2 or slot.same >= slot.stage - 2:
        return False
    mean = slot.after / (slot.stage - 1)
    for k in range(len(swaps)):
        gain = swaps[k, 0]
        other = gain * slot.before + swaps[k, 1]
        slack = 2.5 * abs(gain) * slot.noise + 0.02 * min(abs(other - slot.before), abs(other))
        if gain != 0.0 and abs(mean - other) <= slack:
            return True
    return False
