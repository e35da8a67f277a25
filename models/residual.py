"""Expected value of a responding channel from the channels that drive the machine, fitted beforehand.

`models.expectation` fits it; scoring needs nothing of what fitting needs.
"""

import numpy as np

from models.compiled import compiled
from models.pace import Pace
from models.row import Array, Record, Row, measured

DRIVERS = 4
"""Drivers a channel can have, such as speed, load, flow and ambient temperature."""

SLOT = np.dtype([("mean", "f8"), ("seen", "i8")], align=True)
"""Damped residual of one channel and how many values went into it."""

PARAM = np.dtype(
    [
        ("centre", "f8"),
        ("scale", "f8"),  # the residual that is on the line
        ("coefficient", "f8", (DRIVERS,)),
        ("offset", "f8", (DRIVERS,)),  # of the drivers
        ("driver", "i8", (DRIVERS,)),  # places of the drivers within the machine
        ("drivers", "i8"),  # how many; 0: nothing is expected of this channel
    ],
    align=True,
)
"""Fitted model of one channel; all zero is none."""


@compiled
def score_row(slots: Array, params: Array, pace: Pace, row: Row, part: Array) -> float:
    """Score how far each responding channel is off what its drivers let expect.

    part : (>= width,) out, damped residual in units of the line
    returns the largest part
    A channel with a value missing, its own or a driver's, keeps its state, and so its part.
    """
    score = 0.0
    for i in range(row.width):
        part[i] = 0.0
        slot, param = slots[row.first + i], params[row.first + i]
        if param.drivers == 0:
            continue
        off = row.x[i] - param.centre - explained(param, row) if measured(row, i) else np.nan
        if np.isfinite(off):
            slot.seen += 1
            slot.mean += max(pace.smooth, 1.0 / slot.seen) * (off - slot.mean)
        if slot.seen >= pace.warm:
            part[i] = abs(slot.mean) / param.scale
            score = max(score, part[i])
    return score


@compiled
def set_aside(slot: Record) -> None:
    """Take back what a channel said lately: it was the sensor's."""
    slot.mean, slot.seen = 0.0, 0


@compiled
def unexplained(params: Array, row: Row, out: Array) -> None:
    """Write each value less what its drivers explain: what it would be with the drivers at their offsets.

    out : (>= width,), NaN where the value or a driver is missing
    """
    for i in range(row.width):
        out[i] = row.x[i] - explained(params[row.first + i], row) if measured(row, i) else np.nan


@compiled
def explained(param: Record, row: Row) -> float:
    """Return what the drivers add to the centre, NaN where one is missing; in the order of the drivers."""
    value = 0.0
    for k in range(param.drivers):
        place = param.driver[k]
        if not measured(row, place):
            return np.nan
        value += param.coefficient[k] * (row.x[place] - param.offset[k])
    return value
