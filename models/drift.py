"""Gated drift-aware detector: each channel against a slow baseline of its own, learnt only in peace.

A channel is damped (Pace.smooth) and compared with a baseline. What it may do without meaning
anything is its allowance; its own wander, once known, widens that by a factor of sqrt(2) at most.
The baseline starts by itself, learns values only when they are Pace.delay old, and freezes in an
alarm, so that a fault neither enters it nor is forgotten. After an alarm it is not moved to where
the channel came to rest: the rest is remembered and counts again only as far as it grows.
"""

import numpy as np

from models.compiled import compiled
from models.pace import RING, Pace
from models.row import Array, Record, Row, measured

SLOT = np.dtype(
    [
        ("mean", "f8"),  # damped value
        ("base", "f8"),  # baseline
        ("spread", "f8"),  # variance of the cells about the baseline: the channel's own wander
        ("rest", "f8"),  # deviation an alarm left behind: counts only as far as it grows again
        ("total", "f8"),  # sum of the cell being filled
        ("ring", "f8", (RING,)),  # delay line
        ("seen", "u4"),  # values damped so far
        ("learnt", "u4"),  # cells learnt so far
        ("count", "u4"),  # values in the cell being filled
        ("full", "u4"),  # bit k: ring[k] holds something
        ("warming", "u8"),  # frames of running since a start, until it has its usual warmth; 0: it has
        ("off", "i8"),  # it was itself beyond its line in the alarm that stands
    ],
    align=True,
)
"""State of one channel; all zero is a channel of which nothing is known."""

MACHINE = np.dtype([("phase", "i4"), ("head", "i4"), ("epoch", "u4")], align=True)
"""State of one machine: frames in the cell being filled, place in the ring, restarts of learning."""

PARAM = np.dtype(
    [
        ("relative", "f8"),
        ("absolute", "f8"),
        ("follows", "i8"),
        ("group", "i4"),
        ("rises", "i4"),
        ("wander", "f8"),
        ("ready", "i8"),
    ],
    align=True,
)
"""What a channel may do without meaning anything: relative * |baseline| + absolute, in its unit.

Both 0: the channel is not judged. follows: it is learnt in alarm too, unless it was itself beyond its line
(temperatures: stored heat). group, rises: see `models.agreement`; channels of one group, which is not 0, are
neighbours; rises: a fault adds to it, and takes nothing away. wander: its own, in allowances, as sister
machines have shown it, 0 where nobody knows; ready: cells to be learnt before it is judged, 0: those of Pace.
"""


WARM = 0.25
"""Allowances below its baseline from which on a channel that warms up counts as warm."""
HELD = 0.05
"""Share of a new value in the damped value of a frame that is not judged."""


@compiled
def score_row(slots: Array, params: Array, pace: Pace, row: Row, part: Array) -> float:
    """Take one frame of one machine into the damped values and score them; nothing is learnt.

    part : (>= width,) out, each channel's part; the squares add up to the square of the score
    returns the score, 1.0 is the line
    A missing channel keeps its state, and so its part.
    """
    total = 0.0
    for i in range(row.width):
        slot, param = slots[row.first + i], params[row.first + i]
        if measured(row, i):
            slot.seen += 1
            x = within_reach(row.x[i], slot, param, pace)
            slot.mean += max(pace.smooth, 1.0 / slot.seen) * (x - slot.mean)
        part[i] = deviation(slot, param, pace)
        total += part[i] * part[i]
    return float(np.sqrt(total))


@compiled
def learn_row(
    slots: Array, machines: Array, params: Array, pace: Pace, row: Row, alarm: bool, cleared: bool
) -> None:
    """Learn from the frame that has just been scored, unless there is an alarm.

    alarm   : whether the machine is in alarm after this frame, whoever raised it
    cleared : whether this frame ended one
    """
    state = machines[row.machine]
    state.phase += min(row.steps, pace.block)
    turn = state.phase >= pace.block
    for i in range(row.width):
        slot, param = slots[row.first + i], params[row.first + i]
        if measured(row, i):
            slot.total += slot.mean
            slot.count += 1
        if cleared:
            come_to_rest(slot, param)
        if param.follows != 0:
            slot.off = alarm and (slot.off != 0 or deviation(slot, param, pace) > 1.0)
        if turn:
            learning = not alarm or (param.follows != 0 and slot.off == 0)
            if slot.warming > 0:
                warm_up(slot, param, state.head, pace)
                learning = False
            advance(slot, state.head, learning, pace)
        settle(slot, param, pace)
        fade(slot)
    if turn:
        state.phase = 0
        state.head = (state.head + 1) % pace.delay


@compiled
def restart(slots: Array, machines: Array, row: Row) -> None:
    """Forget what was learnt about one machine and count it as a new epoch."""
    for i in range(row.width):
        slot = slots[row.first + i]
        slot.mean = slot.base = slot.spread = slot.rest = slot.total = 0.0
        slot.seen = slot.learnt = slot.count = slot.full = 0
        slot.warming = slot.off = 0
    state = machines[row.machine]
    state.phase, state.head = 0, 0
    state.epoch += 1


@compiled
def set_aside(slot: Record) -> None:
    """Take back what a channel said lately: it was the sensor's."""
    slot.mean, slot.total = slot.base + slot.rest, 0.0
    slot.count = slot.full = 0


@compiled
def allowance(slot: Record, param: Record) -> float:
    """Return what the channel may do without meaning anything, in its unit."""
    return float(param.absolute + param.relative * abs(slot.base))


@compiled
def within_reach(x: float, slot: Record, param: Record, pace: Pace) -> float:
    """Limit a value to the reach of the damped instrument: no spike, no far excursion outlasts itself."""
    reach = pace.reach * allowance(slot, param)
    if slot.learnt < enough(param, pace) or reach <= 0.0 or slot.warming > 0:
        return x
    return float(min(max(x, slot.base - reach), slot.base + reach))


@compiled
def deviation(slot: Record, param: Record, pace: Pace) -> float:
    """Return how far the damped value is off the baseline, in units of the line.

    The square is (off^2 - wander^2) / (allowance^2 + (pace.wander * wander)^2) and not below 0, the
    wander being capped where it would widen the allowance by more than sqrt(2). What sisters have shown
    of it weighs as much as `Pace.ready` cells: with the machine's own it fades.
    """
    allowed = allowance(slot, param)
    if slot.learnt < enough(param, pace) or allowed <= 0.0:
        return 0.0
    off = slot.mean - slot.base - slot.rest
    if slot.warming > 0 and off < 0.0:
        return 0.0
    wide = widening(slot, param, allowed, pace)
    own = wide / (pace.wander * pace.wander)
    return float(np.sqrt(max(0.0, (off * off - own) / (allowed * allowed + wide))))


@compiled
def widening(slot: Record, param: Record, allowed: float, pace: Pace) -> float:
    """Return what the channel's own wander adds to the square of its allowance: as much again at most.

    What its sisters are known to wander stands in for its own until that has been learnt.
    """
    spread = slot.spread
    if param.wander > 0.0:
        theirs = param.wander * allowed
        spread += (theirs * theirs - spread) * pace.ready / (slot.learnt + pace.ready)
    return float(min(pace.wander * pace.wander * spread, allowed * allowed))


@compiled
def enough(param: Record, pace: Pace) -> int:
    """Return how many cells are to be learnt before a channel is judged."""
    return int(param.ready or pace.ready)


@compiled
def come_to_rest(slot: Record, param: Record) -> None:
    """Remember what an alarm leaves behind, and let nothing of it wait in the delay line."""
    slot.rest = slot.mean - slot.base
    if param.follows == 0:
        slot.full = 0


@compiled
def fade(slot: Record) -> None:
    """Forget of the rest what is no longer there."""
    off = slot.mean - slot.base
    slot.rest = min(slot.rest, max(0.0, off)) if slot.rest > 0.0 else max(slot.rest, min(0.0, off))


@compiled
def settle(slot: Record, param: Record, pace: Pace) -> None:
    """Begin again where a channel moves beyond its allowance before it is ready: it is starting up.

    Its own wander widens the allowance here too, or a noisy channel would never be ready.
    """
    off, allowed = slot.mean - slot.base, allowance(slot, param)
    moving = off * off > allowed * allowed + widening(slot, param, allowed, pace)
    if 0 < slot.learnt < enough(param, pace) and moving:
        slot.learnt = 0
        slot.full = 0


@compiled
def advance(slot: Record, head: int, learning: bool, pace: Pace) -> None:
    """Put the finished cell into the delay line and learn the one that leaves it."""
    bit = 1 << head
    if learning and slot.full & bit != 0:
        slot.learnt += 1
        share = max(pace.memory, 1.0 / slot.learnt)
        off = slot.ring[head] - slot.base
        slot.base += share * off
        slot.spread = (1.0 - share) * (slot.spread + share * off * off)
    slot.full &= ~bit
    if slot.count > 0:
        slot.ring[head] = slot.total / slot.count
        slot.full |= bit
    slot.total = 0.0
    slot.count = 0


@compiled
def hold_row(slots: Array, params: Array, row: Row, starting: bool, steady: bool) -> None:
    """Take in a frame that is not judged: at rest, or between rest and running; nothing is learnt.

    starting : whether the machine starts: what keeps heat will have to warm up
    steady   : whether its drive has come to rest, so that values may be damped together
    """
    for i in range(row.width):
        slot = slots[row.first + i]
        if measured(row, i):
            slot.seen = slot.seen + 1 if steady else 1
            slot.mean += max(HELD, 1.0 / slot.seen) * (row.x[i] - slot.mean)
        slot.full = slot.count = 0
        slot.total = 0.0
        if starting and params[row.first + i].follows != 0:
            slot.warming = 1


@compiled
def warm_up(slot: Record, param: Record, head: int, pace: Pace) -> None:
    """End the warming of a channel that has come back to its baseline, or that hardly rises any more.

    It hardly rises where a baseline, which lags behind by its delay and its memory, would lag by less
    than half the allowance. One that came to rest elsewhere than it used to be is learnt anew.
    """
    slot.warming += pace.block
    if slot.learnt >= enough(param, pace) and slot.mean >= slot.base - WARM * allowance(slot, param):
        slot.warming = 0
    elif slot.full & (1 << head) != 0:
        lag = (slot.mean - slot.ring[head]) * (1.0 + 1.0 / (pace.memory * pace.delay))
        if abs(lag) < 0.5 * allowance(slot, param) or slot.warming > pace.warming:
            slot.warming = 0
            slot.learnt = 0
