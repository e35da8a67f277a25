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


class State(NamedTuple):
    """What is remembered of all machines: (channels,) and (machines,) structured arrays."""

    drift: Array
    drift_machine: Array
    residual: Array
    alarm: Array
    alarm_machine: Array


class Kit(NamedTuple):
    """What does not change from frame to frame: (channels,) parameters and the time constants."""

    drift: Array
    limits: Array
    residual: Array
    pace: Pace


def fresh(machines: int, channels: int) -> State:
    """Return the state of machines of which nothing is known."""
    return State(
        np.zeros(channels, drift.SLOT),
        np.zeros(machines, drift.MACHINE),
        np.zeros(channels, residual.SLOT),
        np.zeros(channels, alarm.SLOT),
        np.zeros(machines, alarm.MACHINE),
    )


@compiled
def watch_row(s: State, kit: Kit, row: Row, parts: Array) -> int:
    """Score one frame of one machine, update its alarm, and learn.

    parts : (PARTS, >= width) out
    returns the transition of the alarm; the score is in s.alarm_machine[row.machine].score

    The drift detector watches what the drivers of a channel do not explain, where a model says so.
    """
    state = s.alarm_machine[row.machine]
    if row.steps > kit.pace.forget and state.active == 0:
        drift.restart(s.drift, s.drift_machine, row)
    residual.unexplained(kit.residual, row, parts[REST])
    rest = Row(row.machine, row.first, row.width, row.steps, parts[REST], row.ok)
    moving = drift.score_row(s.drift, kit.drift, kit.pace, rest, parts[DRIFT])
    limit = limits.score_row(kit.limits, row, parts[LIMIT])
    standing = max(limit, residual.score_row(s.residual, kit.residual, kit.pace, row, parts[RESIDUAL]))
    for i in range(row.width):
        parts[ALL, i] = max(parts[LIMIT, i], parts[DRIFT, i], parts[RESIDUAL, i])
    change = alarm.update_row(s.alarm, s.alarm_machine, kit.pace, row, moving, standing, limit, parts[ALL])
    drift.learn_row(
        s.drift, s.drift_machine, kit.drift, kit.pace, rest, state.active != 0, change == alarm.CLEAR
    )
    return int(change)
