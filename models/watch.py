"""One machine at one frame: every detector scores, the alarm decides, and only then is anything learnt."""

from typing import NamedTuple

import numpy as np

from models import (
    agreement,
    alarm,
    cause,
    drift,
    limits,
    pattern,
    regimes,
    residual,
    running,
    sensor,
    sensor_state,
    share,
)
from models.compiled import compiled
from models.pace import Pace
from models.row import Array, Row

ALL, LIMIT, DRIFT, RESIDUAL, PATTERN, REST, COUNTED, SHARE = 0, 1, 2, 3, 4, 5, 6, 7
"""Rows of the parts: the largest of all detectors, then each detector; then the values themselves less
what the drivers explain of them, NaN where missing: a baseline at the present load is
`base + value - parts[REST]`; then the drift parts as they count (`models.agreement`), and each channel's
share of the score: they add up to it."""

PARTS = 8
"""Number of those rows."""


class Slots(NamedTuple):
    """What is remembered of channels, (channels,) structured arrays, all zero where nothing is known.

    Saved state is read by place: a new array goes to the end, here and in `Machines`.
    """

    drift: Array
    residual: Array
    alarm: Array
    regimes: Array
    sensor: Array


class Machines(NamedTuple):
    """What is remembered of machines, (machines,) structured arrays, all zero where nothing is known."""

    drift: Array
    alarm: Array
    running: Array
    sensor: Array


class State(NamedTuple):
    """What is remembered of all machines and their channels."""

    slots: Slots
    machines: Machines


class Params(NamedTuple):
    """What channels are judged by, (channels,) structured arrays."""

    drift: Array
    limits: Array
    residual: Array
    alarm: Array
    pattern: Array
    sensor: Array


class Traits(NamedTuple):
    """What machines are judged by, (machines,) structured arrays."""

    running: Array


NO_SWAPS = np.zeros((1, 1, 2))
"""No conversion could have been mistaken."""


class Kit(NamedTuple):
    """What does not change from frame to frame: parameters and the time constants.

    swaps : (groups, n, 2) conversions that could have been mistaken, see `models.jump`
    """

    channels: Params
    machines: Traits
    pace: Pace
    swaps: Array = NO_SWAPS


def fresh(machines: int, channels: int) -> State:
    """Return the state of machines of which nothing is known."""
    of_channels = (drift.SLOT, residual.SLOT, alarm.SLOT, regimes.SLOT, sensor.SLOT)
    of_machines = (drift.MACHINE, alarm.MACHINE, running.MACHINE, sensor.MACHINE)
    return State(
        Slots(*(np.zeros(channels, kind) for kind in of_channels)),
        Machines(*(np.zeros(machines, kind) for kind in of_machines)),
    )


def unset(machines: int, channels: int, pace: Pace) -> Kit:
    """Return a kit by which nothing is judged."""
    kinds = (drift.PARAM, limits.PARAM, residual.PARAM, alarm.PARAM, pattern.PARAM, sensor.PARAM)
    params = Params(*(np.zeros(channels, kind) for kind in kinds))
    return Kit(params, Traits(np.zeros(machines, running.TRAIT)), pace)


@compiled
def watch_row(s: State, kit: Kit, row: Row, parts: Array) -> int:
    """Judge the sensors of one frame of one machine, score what they say, update its alarm, and learn.

    parts : (PARTS, >= width) out
    row.ok is false afterwards where a sensor is not to be believed
    returns the transition of the alarm; the score is in s.machines.alarm[row.machine].score

    The drift detector watches what the drivers of a channel do not explain, where a model says so.
    A machine that rests, starts or stops is held against limits alone; its baseline waits.
    """
    if row.steps > kit.pace.forget and s.machines.alarm[row.machine].active == 0:
        forget(s, row)
    arbitrate(s, kit, row)
    regime = s.machines.running[row.machine].regime
    judged = running.update_row(s.machines.running, kit.machines.running, kit.pace, row)
    residual.unexplained(kit.channels.residual, row, parts[REST])
    rest = Row(row.machine, row.first, row.width, row.steps, parts[REST], row.ok)
    if not judged:
        return hold_row(s, kit, row, rest, parts)
    state = s.machines.running[row.machine]
    if state.regime != regime:
        regimes.enter(s.slots.regimes, s.slots.drift, row, regime, state.regime, state.fresh != 0)
    return judge_row(s, kit, row, rest, parts)


@compiled
def forget(s: State, row: Row) -> None:
    """Forget what was learnt of a machine, in all its regimes; what follows is a new epoch."""
    drift.restart(s.slots.drift, s.machines.drift, row)
    running.forget_regimes(s.machines.running[row.machine])


@compiled
def judge_row(s: State, kit: Kit, row: Row, rest: Row, parts: Array) -> int:
    """Hold a frame of a machine that runs against all that is known of it.

    rest : the row less what the drivers explain of it
    """
    scores = scores_of(s, kit, row, rest, parts)
    if scores.moving >= scores.standing:
        told = COUNTED if scores.drift >= scores.moving else PATTERN
        share.of_squares(row.width, scores.moving, parts[told], parts[SHARE])
    else:
        share.of_largest(row.width, scores.standing, parts[LIMIT], parts[RESIDUAL], parts[SHARE])
    cause.note(s.slots.alarm, row, parts[ALL])
    alarms, own = s.machines.alarm, kit.channels.alarm
    change = alarm.update_row(s.slots.alarm, alarms, own, kit.pace, row, scores, parts[ALL])
    active, cleared = alarms[row.machine].active != 0, change == alarm.CLEAR
    drift.learn_row(s.slots.drift, s.machines.drift, kit.channels.drift, kit.pace, rest, active, cleared)
    return int(change)


@compiled
def hold_row(s: State, kit: Kit, row: Row, rest: Row, parts: Array) -> int:
    """Hold a frame of a machine that rests, starts or stops against the limits that hold then."""
    state = s.machines.running[row.machine]
    at_rest, starting = state.phase == running.STOPPED, state.phase == running.STARTING
    drift.hold_row(s.slots.drift, kit.channels.drift, rest, starting, state.steady > 0)
    when = limits.RESTING if at_rest else limits.CHANGING
    limit = limits.score_row(kit.channels.limits, row, when, parts[LIMIT])
    for i in range(row.width):
        parts[DRIFT, i] = parts[RESIDUAL, i] = parts[PATTERN, i] = parts[COUNTED, i] = 0.0
        parts[ALL, i] = parts[LIMIT, i]
    share.of_largest(row.width, limit, parts[LIMIT], parts[RESIDUAL], parts[SHARE])
    cause.note(s.slots.alarm, row, parts[ALL])
    alarms, own = s.machines.alarm, kit.channels.alarm
    return int(alarm.hold_row(s.slots.alarm, alarms, own, kit.pace, row, limit, at_rest, parts[ALL]))


@compiled
def scores_of(s: State, kit: Kit, row: Row, rest: Row, parts: Array) -> alarm.Scores:
    """Let every detector score a frame.

    rest : the frame with its values less what the drivers explain
    What is told by statistics is divided by the line of the machine; what physics or the plant says is not.
    """
    line = kit.channels.alarm[row.first].line or 1.0
    drift.score_row(s.slots.drift, kit.channels.drift, kit.pace, rest, parts[DRIFT])
    limit = limits.score_row(kit.channels.limits, row, limits.RUNNING, parts[LIMIT])
    off = residual.score_row(s.slots.residual, kit.channels.residual, kit.pace, row, parts[RESIDUAL])
    together = pattern.score_row(s.slots.drift, kit.channels.pattern, kit.pace, rest, parts[PATTERN]) / line
    for i in range(row.width):
        for told in (DRIFT, RESIDUAL, PATTERN):
            parts[told, i] /= line
        parts[ALL, i] = max(parts[LIMIT, i], parts[DRIFT, i], parts[RESIDUAL, i], parts[PATTERN, i])
    agreement.weigh(s.slots.drift, kit.channels.drift, rest, parts[DRIFT], parts[COUNTED])
    squares = 0.0
    for i in range(row.width):
        squares += parts[COUNTED, i] * parts[COUNTED, i]
    moved = np.sqrt(squares)
    return alarm.Scores(max(moved, together), max(limit, off / line), limit, moved)


@compiled
def arbitrate(s: State, kit: Kit, row: Row) -> None:
    """Take the values of sensors that are not to be believed out of the row, before any detector sees them.

    What detectors remember of a sensor that has just turned out wrong is set aside. In an alarm what a
    sensor said before it fell silent still stands: an alarm does not end because its witness died.
    Whether the machine rests is what was known of it before this frame.
    """
    quiet = s.machines.alarm[row.machine].active == 0
    panel = sensor.Panel(s.slots.sensor, s.machines.sensor, kit.channels.sensor, kit.pace, kit.swaps)
    phase = s.machines.running[row.machine].phase
    news = sensor.judge_row(panel, row, quiet, phase not in (running.UNKNOWN, running.RUNNING))
    if news == 0:
        return
    for i in range(row.width):
        slot = s.slots.sensor[row.first + i]
        failed = slot.kind != slot.stands and slot.status == sensor_state.FAILURE
        if failed and (quiet or sensor.was_lying(slot)):
            drift.set_aside(s.slots.drift[row.first + i])
            residual.set_aside(s.slots.residual[row.first + i])
