"""The sensor-fault arbiter: each channel of a frame gets a status, before any detector sees its value.

What is wrong with a sensor is no news of the machine. Values under FAILURE and CHECK are not judged, and
a value that may be a sensor's fault is held back until that is decided, for some frames at most.
"""

from typing import NamedTuple

from models import absence, creep, jump, still
from models.compiled import compiled
from models.pace import Pace
from models.row import Array, Record, Row, measured
from models.sensor_state import (
    CHECK,
    CLOCK_SKEW,
    DRIFT,
    DROPOUT,
    FAILURE,
    FEW,
    FLATLINE,
    MACHINE,
    MAINTENANCE,
    NORMAL,
    NOTHING,
    PARAM,
    SATURATION,
    SCALE,
    SLOT,
    SPIKE,
    acquit,
    blame,
    unblamed,
)

WHOLE = 2
"""Minutes without a cut that acquit a sensor of saturation."""

__all__ = ["MACHINE", "PARAM", "SLOT", "judge_row"]


class Panel(NamedTuple):
    """The sensors of all machines, and what they are judged by.

    swaps : (groups, n, 2) conversions that could have been mistaken, see `models.jump`
    """

    slots: Array
    machines: Array
    params: Array
    pace: Pace
    swaps: Array


@compiled
def judge_row(p: Panel, row: Row, quiet: bool, resting: bool) -> int:
    """Give each channel of one frame its status; row.ok is false afterwards where a value is held back.

    quiet   : whether the machine is not in alarm
    resting : whether the machine stands still: then nothing is wrong with what stands still too
    returns how many sensors have news to tell
    """
    state = p.machines[row.machine]
    arrive(p, row, resting)
    scattered = absence.judge(p.slots, p.params, p.pace, row)
    state.minute += min(row.steps, p.pace.minute)
    turn = state.minute >= p.pace.minute
    if not resting:
        follow(p, row, state.moving > 0, scattered)
        freeze(p, row)
    if turn:
        finish(p, row, quiet, resting)
        state.minute = 0
    state.news = 0
    for i in range(row.width):
        slot = p.slots[row.first + i]
        row.ok[i] = row.ok[i] and not held_back(slot)
        state.news += slot.kind != slot.stands
    return int(state.news)


@compiled
def held_back(slot: Record) -> bool:
    """Tell whether a sensor's value is not to be judged: it is wrong, or it is not known yet."""
    return bool(slot.stage > 0 or slot.status in (FAILURE, CHECK))


@compiled
def pass_row(slots: Array, machines: Array, row: Row) -> None:
    """Pass over a frame of a machine that somebody works on: its sensors are checked, and say nothing."""
    machines[row.machine].news = 0
    for i in range(row.width):
        slot = slots[row.first + i]
        if slot.kind == NOTHING:
            slot.status = CHECK


@compiled
def renew(slot: Record) -> None:
    """Forget what is known of a sensor: it may be another one now. An open event ends with the next frame."""
    slot.seen = slot.same = slot.longest = slot.spikes = slot.count = slot.repeats = 0
    slot.at_top = slot.at_bottom = slot.most = slot.gap = slot.longest_gap = slot.late = 0
    slot.changes = slot.minutes = slot.beyond = slot.lately = 0
    slot.level = slot.noise = slot.grain = slot.absent = slot.usual = slot.creep = slot.total = 0.0
    slot.ceiling = 0.0
    acquit(slot)


@compiled
def was_lying(slot: Record) -> bool:
    """Tell whether what a sensor said before the verdict was wrong already, and not only missing since."""
    return bool(slot.kind in (DRIFT, SATURATION, SCALE))


@compiled
def arrive(p: Panel, row: Row, resting: bool) -> None:
    """Note what has come and what has not, and whether the machine moves.

    Two channels that leap within two frames are the machine, and so are those that follow them.
    """
    leaping, state = 0, p.machines[row.machine]
    for i in range(row.width):
        slot, param = p.slots[row.first + i], p.params[row.first + i]
        if param.judged == 0:
            continue
        if slot.status == CHECK:
            slot.status = NORMAL
        there, gap = measured(row, i), slot.gap
        absence.note(slot, there)
        if there and resting:
            still.rest(slot, row.x[i])
        elif there:
            still.note(slot, row.x[i])
            if row.steps > p.pace.minute or gap > min(p.pace.minute, 250):
                slot.level, slot.stage = row.x[i], 0
            elif slot.stage == 0:
                leaping += jump.leaps(slot, param, p.pace, row.x[i])
        leaping += 0 < slot.stage <= 2
    state.moving = p.pace.decide if leaping > 1 else max(0, state.moving - 1)


@compiled
def follow(p: Panel, row: Row, moving: bool, scattered: bool) -> None:
    """Follow each value that has come.

    moving    : whether a leap is the machine's
    scattered : whether most channels are away: then none is back for good
    """
    for i in range(row.width):
        slot, param = p.slots[row.first + i], p.params[row.first + i]
        if param.judged != 0 and slot.gap == 0 and slot.seen > 0:
            if slot.status == FAILURE:
                recover(slot, param, p.pace, row.x[i], scattered)
            else:
                weigh(slot, param, p.pace, p.swaps[param.swaps], row.x[i], moving)


@compiled
def weigh(slot: Record, param: Record, pace: Pace, swaps: Array, x: float, moving: bool) -> None:
    """Follow one value that has come: usual, the beginning of a leap, or within one."""
    slot.spikes = max(0, slot.spikes - 1)
    if slot.kind == SPIKE and slot.spikes == 0:
        acquit(slot)
    calm = not unblamed(slot) or slot.good == 0
    if not calm:
        slot.good -= 1
    if slot.stage == 0 and jump.leaps(slot, param, pace, x):
        if not calm:
            slot.level = x
            return
        jump.begin(slot, x)
    elif slot.stage == 0:
        jump.learn(slot, x)
        return
    elif jump.came_back(slot, param, x):
        if jump.count_spike(slot, param, pace) and slot.kind == NOTHING:
            blame(slot, SPIKE, MAINTENANCE)
        return
    else:
        jump.go_on(slot, x)
    if moving:
        slot.stage, slot.level, slot.minutes = 0, x, 0
    elif slot.stage > pace.decide:
        decide(slot, pace, swaps)


@compiled
def decide(slot: Record, pace: Pace, swaps: Array) -> None:
    """Decide what a leap is that did not come back: another unit, not known yet, or the machine.

    What the machine did is no creeping: the channel's anchor is found anew. For a minute it is not held back
    again: a machine that gets worse quickly leaps more than once.
    """
    if jump.is_swap(slot, swaps):
        slot.stage = 0
        blame(slot, SCALE, FAILURE)
    elif slot.same < slot.stage - 2 or slot.stage > pace.still + slot.longest + 3:
        slot.level, slot.stage, slot.minutes = slot.after / (slot.stage - 1), 0, 0
        if unblamed(slot):
            slot.good = min(pace.minute, FEW)


@compiled
def recover(slot: Record, param: Record, pace: Pace, x: float, scattered: bool) -> None:
    """Acquit a sensor that has been right for some time; drifts and cut ends are looked at by the minute."""
    if slot.kind == SCALE:
        slot.good = slot.good + 1 if abs(x - slot.before) <= 2.0 * jump.reach(slot, param) else 0
    elif slot.kind == FLATLINE:
        slot.good = slot.good + 1 if slot.same == 0 else slot.good
    elif slot.kind in (DROPOUT, CLOCK_SKEW):
        slot.good = slot.good + 1 if absence.is_back(slot) and not scattered else 0
    else:
        jump.learn(slot, x)
        return
    if slot.good >= pace.still:
        acquit(slot)
        slot.level = x


@compiled
def freeze(p: Panel, row: Row) -> None:
    """Blame the one channel of a machine that stands still; where several do, the machine may."""
    standing, which = 0, 0
    for i in range(row.width):
        slot = p.slots[row.first + i]
        if slot.gap == 0 and still.frozen(slot, p.pace):
            standing, which = standing + 1, i
    slot, param = p.slots[row.first + which], p.params[row.first + which]
    if standing == 1 and param.judged != 0 and (unblamed(slot) or slot.kind == DRIFT):
        blame(slot, still.kind_of(slot, param), FAILURE)
        slot.stage = 0


@compiled
def finish(p: Panel, row: Row, quiet: bool, resting: bool) -> None:
    """End a minute: who creeps alone, whose values are cut off, and who is no longer so."""
    for i in range(row.width):
        slot, param = p.slots[row.first + i], p.params[row.first + i]
        if param.judged != 0 and not resting:
            creep.look(slot, param, p.pace, quiet)
    for i in range(row.width):
        slot = p.slots[row.first + i]
        if p.params[row.first + i].judged != 0 and not resting:
            creep.judge(p.slots, p.params, row, i, quiet)
            cut(slot, p.pace)
        if resting and slot.kind != DRIFT:
            slot.minutes = 0
        still.turn(slot)


@compiled
def cut(slot: Record, pace: Pace) -> None:
    """Blame a sensor whose values are cut off at one end, and acquit one whose values no longer are."""
    told = still.cut_off(slot, pace)
    if slot.kind == SATURATION:
        slot.good = slot.good + 1 if slot.count > 0 and slot.same == 0 and not told else 0
        if slot.good >= WHOLE:
            acquit(slot)
    elif told and unblamed(slot):
        blame(slot, SATURATION, FAILURE)
