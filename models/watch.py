"""One machine at one frame: every detector scores, the alarm decides, and only then is anything learnt."""

from typing import NamedTuple

import numpy as np

from models import alarm, drift, limits, residual
from models.compiled import compiled
from models.pace import Pace
from models.row import Array, Row

ALL, LIMIT, DRIFT, RESIDUAL, REST = 0, 1, 2, 3, 4
"""Rows of the parts: the largest of all detectors, then each detector; last the values themselves less
what the drivers explain of them, NaN where missing: a baseline at the present load is
`base + value - parts[REST]`."""

PARTS = 5
"""Number of those rows."""


class Slots(NamedTuple):
    """What is remembered of channels, (channels,) structured arrays, all zero where nothing is known.

    Saved state is read by place: a new array goes to the end, here and in `Machines`.
    """

    drift: Array
    residual: Array
    alarm: Array


class Machines(NamedTuple):
    """What is remembered of machines, (machines,) structured arrays, all zero where nothing is known."""

    drift: Array
    alarm: Array


class State(NamedTuple):
    """What is remembered of all machines and their channels."""

    slots: Slots
    machines: Machines


class Params(NamedTuple):
    """What channels are judged by, (channels,) structured arrays."""

    drift: Array
    limits: Array
    residual: Array


class Kit(NamedTuple):
    """What does not change from frame to frame: parameters and the time constants."""

    channels: Params
    pace: Pace


def fresh(machines: int, channels: int) -> State:
    """Return the state of machines of which nothing is known."""
    return State(
        Slots(*(np.zeros(channels, kind) for kind in (drift.SLOT, residual.SLOT, alarm.SLOT))),
        Machines(*(np.zeros(machines, kind) for kind in (drift.MACHINE, alarm.MACHINE))),
    )


def unset(channels: int) -> Params:
    """Return parameters by which nothing is judged."""
    return Params(*(np.zeros(channels, kind) for kind in (drift.PARAM, limits.PARAM, residual.PARAM)))


@compiled
def watch_row(s: State, kit: Kit, row: Row, parts: Array) -> int:
    """Score one frame of one machine, update its alarm, and learn.

    parts : (PARTS, >= width) out
    returns the transition of the alarm; the score is in s.machines.alarm[row.machine].score

    The drift detector watches what the drivers of a channel do not explain, where a model says so.
    """
    state = s.machines.alarm[row.machine]
    if row.steps > kit.pace.forget and state.active == 0:
        drift.restart(s.slots.drift, s.machines.drift, row)
    residual.unexplained(kit.channels.residual, row, parts[REST])
    rest = Row(row.machine, row.first, row.width, row.steps, parts[REST], row.ok)
    moving = drift.score_row(s.slots.drift, kit.channels.drift, kit.pace, rest, parts[DRIFT])
    limit = limits.score_row(kit.channels.limits, row, parts[LIMIT])
    standing = max(
        limit, residual.score_row(s.slots.residual, kit.channels.residual, kit.pace, row, parts[RESIDUAL])
    )
    for i in range(row.width):
        parts[ALL, i] = max(parts[LIMIT, i], parts[DRIFT, i], parts[RESIDUAL, i])
    change = alarm.update_row(
        s.slots.alarm, s.machines.alarm, kit.pace, row, moving, standing, limit, parts[ALL]
    )
    drift.learn_row(
        s.slots.drift,
        s.machines.drift,
        kit.channels.drift,
        kit.pace,
        rest,
        state.active != 0,
        change == alarm.CLEAR,
    )
    return int(change)
