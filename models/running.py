"""Whether a machine runs, told from its speed, load or current, or from vibration where nothing else is.

A signal that tells is a witness. Most of those measured decide, and the most trusted one where they
are even: a dead speed sensor stops no machine that draws current and shakes. Between rest and steady
running a machine starts or stops, and is not judged but by limits. A drive that settles at another
value is in another regime; a regime that was met before is known again.
"""

import numpy as np

from models.compiled import compiled
from models.pace import Pace
from models.row import Array, Record, Row, measured

UNKNOWN, STOPPED, STARTING, RUNNING, STOPPING = 0, 1, 2, 3, 4
"""Phases of a machine. Unknown: it has no witness, or none spoke yet, and is judged as if it ran."""

WITNESSES = 4
"""Signals of one machine that are asked, the most trusted one first."""
REGIMES = 4
"""Regimes of one machine that are known again; a new one takes the place of the one left longest ago."""

MACHINE = np.dtype(
    [
        ("phase", "i4"),
        ("frames", "u4"),  # in this phase
        ("steady", "u4"),  # frames since its drive last moved, or since it was at rest
        ("moving", "u4"),  # frames since it was last steady
        ("regime", "i4"),  # the one it runs in
        ("met", "i4"),  # regimes met so far, REGIMES at most
        ("fresh", "i8"),  # 1 in the frame in which it meets a new one
        ("damped", "f8"),  # value of the drive
        ("level", "f8", (WITNESSES,)),  # usual value of each witness while it runs
        ("seen", "u4", (WITNESSES,)),  # values that went into it
        ("centre", "f8", (REGIMES,)),  # value of the drive in each regime
        ("left", "u4", (REGIMES,)),  # changes of regime since each was left
    ],
    align=True,
)
"""State of one machine; all zero is a machine of which nothing is known."""

TRAIT = np.dtype(
    [
        ("witness", "i4", (WITNESSES,)),  # places of the witnesses within the machine
        ("rest", "f8", (WITNESSES,)),  # up to this it is at rest, in the unit of the witness
        ("share", "f8", (WITNESSES,)),  # or up to this share of the usual value
        ("witnesses", "i4"),
        ("drive", "i4"),  # 1 + place of the signal that makes regimes, a speed; 0: none
    ],
    align=True,
)
"""What a machine is asked by; all zero: nothing, and it is judged as if it ran."""

SWING = 0.05
"""Share by which a drive may move and be in the same regime: more than a set-point wanders."""
CALM = 0.01
"""Share by which a drive that has swung may still be off its damped value, and count as arriving."""
AGAIN = 2.0
"""A resting machine runs again beyond so many times the line of rest: no chatter about the line."""


@compiled
def update_row(machines: Array, traits: Array, pace: Pace, row: Row) -> bool:
    """Take one frame into the phase and the regime of its machine; tell whether it may be judged.

    It may where it runs, and its drive has kept its value for Pace.settle frames: or has not for
    Pace.coast frames, and is no drive to go by. A frame without a witness changes nothing.
    """
    state, trait = machines[row.machine], traits[row.machine]
    if trait.witnesses == 0:
        return True
    told, on = ask(state, trait, row)
    if told:
        swing = swings(state, trait, pace, row)
        go_on(state, pace, on, swing, row.steps)
        if judged(state, pace):
            learn_levels(state, trait, row)
            choose_regime(state, trait)
    return judged(state, pace)


@compiled
def judged_rows(trait: Array, pace: Pace, X: Array) -> Array:
    """Tell for each frame of one machine whether it may be judged; X (frames, channels), NaN is missing."""
    state, ok = np.zeros(1, MACHINE), np.ones(X.shape[1], np.bool_)
    out = np.zeros(len(X), np.bool_)
    for t in range(len(X)):
        out[t] = update_row(state, trait, pace, Row(0, 0, X.shape[1], 1, X[t], ok))
    return out


@compiled
def judged(state: Record, pace: Pace) -> bool:
    """Tell whether a machine in this state may be judged by what it usually does."""
    steady = state.steady >= pace.settle or state.moving >= pace.coast
    return bool(state.phase == UNKNOWN or (state.phase == RUNNING and steady))


@compiled
def ask(state: Record, trait: Record, row: Row) -> tuple[bool, bool]:
    """Ask all witnesses; returns whether any was measured, and whether the machine runs."""
    asked, running, first = 0, 0, False
    for k in range(trait.witnesses):
        if measured(row, trait.witness[k]):
            line = max(trait.rest[k], trait.share[k] * state.level[k])
            runs = abs(row.x[trait.witness[k]]) > (AGAIN * line if state.phase == STOPPED else line)
            first = runs if asked == 0 else first
            asked += 1
            running += int(runs)
    return asked > 0, 2 * running > asked or (2 * running == asked and first)


@compiled
def swings(state: Record, trait: Record, pace: Pace, row: Row) -> int:
    """Take the drive's value into its damped one; returns -1 where it falls, 1 where it rises, else 0.

    Until it has arrived, after a swing, it must keep closer to where it was: a run-up ends slowly.
    """
    if trait.drive == 0 or not measured(row, trait.drive - 1):
        return 0
    x = abs(row.x[trait.drive - 1])
    before = state.damped
    if abs(x - before) > SWING * max(before, x):
        state.damped = x
        return 0 if before == 0.0 and state.phase == UNKNOWN else (1 if x > before else -1)
    state.damped += pace.smooth * (x - before)
    arriving = state.phase != UNKNOWN and state.steady < pace.settle
    if arriving and abs(x - before) > CALM * max(before, x):
        return 1 if x > before else -1
    return 0


@compiled
def go_on(state: Record, pace: Pace, on: bool, swing: int, steps: int) -> None:
    """Go to the phase that follows from whether the machine runs and how its drive moves."""
    phase = state.phase
    state.steady = 0 if swing != 0 or not on else state.steady + steps
    state.moving = 0 if not on or state.steady >= pace.settle else state.moving + steps
    settled = state.steady >= pace.settle or state.moving >= pace.coast
    now = phase
    if phase == UNKNOWN:
        now = RUNNING if on else STOPPED
        state.steady = pace.settle if on else 0
    elif not on:
        coasting = phase != STOPPED and (phase != STOPPING or state.frames < pace.settle)
        now = STOPPING if coasting else STOPPED
    elif settled:
        now = RUNNING
    elif phase == STOPPED or (phase == STOPPING and swing > 0):
        now = STARTING
    elif swing < 0:
        now = STOPPING
    state.frames = state.frames + steps if now == phase else 0
    state.phase = now


@compiled
def learn_levels(state: Record, trait: Record, row: Row) -> None:
    """Learn the usual value of each witness, over an hour at one frame a second."""
    for k in range(trait.witnesses):
        if measured(row, trait.witness[k]):
            state.seen[k] = min(state.seen[k] + 1, 3600)
            state.level[k] += (abs(row.x[trait.witness[k]]) - state.level[k]) / state.seen[k]


@compiled
def choose_regime(state: Record, trait: Record) -> None:
    """Find the regime that the drive's value belongs to, or meet a new one."""
    state.fresh = 0
    if trait.drive == 0 or (state.met > 0 and within(state, state.regime)):
        return
    chosen = -1
    for k in range(state.met):
        if chosen < 0 and within(state, k):
            chosen = k
    if chosen < 0:
        chosen = state.met if state.met < REGIMES else oldest(state)
        state.met = max(state.met, chosen + 1)
        state.centre[chosen] = state.damped
        state.fresh = 1
    for k in range(state.met):
        state.left[k] += 1
    state.left[chosen] = state.left[state.regime] = 0
    state.regime = chosen


@compiled
def forget_regimes(state: Record) -> None:
    """Meet all regimes anew, the present one first."""
    state.met = state.regime = 0


@compiled
def within(state: Record, regime: int) -> bool:
    """Tell whether the drive's damped value belongs to a regime; it may wander twice its swing."""
    centre = state.centre[regime]
    reach = SWING * (2.0 if regime == state.regime else 1.0)
    return bool(abs(state.damped - centre) <= reach * centre)


@compiled
def oldest(state: Record) -> int:
    """Return the regime that was left longest ago, other than the present one."""
    best = -1
    for k in range(REGIMES):
        if k != state.regime and (best < 0 or state.left[k] > state.left[best]):
            best = k
    return best
