"""A sensor that drifts: one channel creeps away over many minutes, and nothing else of its machine does.

Once a minute the mean of each channel is held against what it stood at over the last half hour or so, in
allowances. A machine that runs at another speed or load, or gets ill, moves several channels; ambient
temperature moves those that feel it, slowly enough for the memory to follow.
"""

from models.compiled import compiled
from models.pace import Pace
from models.row import Array, Record, Row
from models.sensor_state import DRIFT, FAILURE, FEW, MAINTENANCE, NOTHING, acquit, allowance, blame, unblamed

LINE, BACK = 0.7, 0.35
"""Allowances: beyond the one a channel creeps, below the other it is back."""
TWIN_LINE = 0.35
"""Allowances between a channel and its twin: what moves both is not in it."""
LONELY = 2.0
"""Times as far as any other channel of the machine."""
LASTS = 2
"""Minutes in a row that make a drift of what a machine may show too, and that end any."""
BEGUN, MEMORY = 8, 30
"""Minutes that an anchor needs, and what it remembers."""


@compiled
def look(slot: Record, param: Record, pace: Pace, quiet: bool) -> None:
    """Take the minute that has just passed: how far it is off the anchor, and then into the anchor.

    An anchor that is still being found begins again where the channel moves: it is warming up. So it does
    after an alarm, in which everything may move. A leap that is not decided yet is no creeping.
    """
    allowed = allowance(slot, param)
    if 3 * slot.count < pace.minute or allowed <= 0.0 or slot.stage > 0:
        slot.creep = 0.0
        return
    mean = slot.total / slot.count
    slot.creep = (mean - slot.anchor) / allowed if slot.minutes > 0 else 0.0
    if not unblamed(slot):
        return
    if not quiet:
        slot.minutes = 0
        return
    if slot.minutes < BEGUN and abs(slot.creep) > 0.5 * LINE:
        slot.minutes, slot.creep = 0, 0.0
    slot.minutes = min(slot.minutes + 1, FEW)
    slot.anchor += (mean - slot.anchor) / min(slot.minutes, MEMORY)


@compiled
def lonely(slots: Array, row: Row, i: int) -> bool:
    """Tell whether channel i is off its anchor and no other of the machine by nearly as much.

    A machine with one channel has nothing to tell it by.
    """
    own, others = abs(slots[row.first + i].creep), 0
    for k in range(row.width):
        other = slots[row.first + k]
        known = other.minutes >= BEGUN and unblamed(other)
        if k != i and known:
            others += 1
            if LONELY * abs(other.creep) > own:
                return False
    return others > 0


@compiled
def nearest_twin(slots: Array, params: Array, row: Row, i: int) -> int:
    """Find what must move with channel i, as current with load, and is nearest to it; -1 where nothing is."""
    own, best = slots[row.first + i].creep, -1
    if params[row.first + i].twin <= 0:
        return best
    for k in range(row.width):
        other = slots[row.first + k]
        twin = k != i and abs(params[row.first + k].twin) == params[row.first + i].twin
        if twin and other.minutes >= BEGUN and unblamed(other):
            nearer = best < 0 or abs(own - other.creep) < abs(own - slots[row.first + best].creep)
            best = k if nearer else best
    return best


@compiled
def strays(slots: Array, params: Array, row: Row, i: int) -> tuple[bool, bool]:
    """Tell whether channel i stands alone, and whether by so much that it may be blamed.

    By its twin where it has one: how far it is from where its twin went, the twin having moved less.
    """
    own, k = slots[row.first + i].creep, nearest_twin(slots, params, row, i)
    if k < 0:
        alone = lonely(slots, row, i)
        return alone and abs(own) > BACK, alone and abs(own) > LINE
    other = slots[row.first + k].creep
    apart = abs(own - other)
    return apart > 0.5 * TWIN_LINE, apart > TWIN_LINE and abs(own) > LONELY * abs(other)


@compiled
def judge(slots: Array, params: Array, row: Row, i: int, quiet: bool) -> None:
    """Blame channel i where it creeps alone, and acquit it where it is back or others went along.

    quiet : whether there is no alarm: in one, nobody is blamed for moving
    Where a machine fault may show in this channel alone, in this direction, it is not for us to say whose
    fault it is: the sensor wants maintenance, and its values go on being judged.
    """
    slot, param = slots[row.first + i], params[row.first + i]
    alone, far = strays(slots, params, row, i)
    if slot.kind == DRIFT:
        slot.good = slot.good + 1 if not alone else 0
        if slot.good >= LASTS:
            acquit(slot)
        return
    off = slot.minutes >= BEGUN and far
    slot.beyond = min(slot.beyond + 1, FEW) if off and quiet else 0
    shows = param.alone & (1 if slot.creep > 0.0 else 2)
    if slot.beyond >= (LASTS if shows else 1) and slot.kind == NOTHING:
        blame(slot, DRIFT, MAINTENANCE if shows else FAILURE)
