"""Expected value of a responding channel from the channels that drive the machine, fitted beforehand."""

from collections.abc import Sequence

import numpy as np
from sklearn.linear_model import HuberRegressor

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


def fit(
    X: Array, drivers: Sequence[int], responders: Sequence[int], smooth: float, line: float = 6.0
) -> Array:
    """Fit each responder on the drivers by Huber's robust regression (HuberRegressor).

    X          : (n, width) values of healthy machines of one class, in time order, without NaN
    drivers    : 1 to DRIVERS columns
    responders : columns that are explained
    smooth     : share of a new value in the damped residual, as in Pace
    line       : how many robust standard deviations of the damped residual are the line
    returns (width,) PARAM, all zero where a column is no responder
    """
    if not 1 <= len(drivers) <= DRIVERS:
        raise ValueError(f"1 to {DRIVERS} drivers, not {len(drivers)}")
    params = np.zeros(X.shape[1], PARAM)
    offset = np.median(X[:, list(drivers)], axis=0)
    spread = np.maximum(np.std(X[:, list(drivers)], axis=0), 1e-12)
    Z = (X[:, list(drivers)] - offset) / spread
    for r in responders:
        unit = max(float(np.std(X[:, r])), 1e-12)
        model = HuberRegressor(max_iter=1000, alpha=1e-6).fit(Z, X[:, r] / unit)
        residual = X[:, r] - unit * model.predict(Z)
        row, k = params[r], len(drivers)
        row["centre"], row["drivers"] = unit * model.intercept_, k
        row["coefficient"][:k], row["offset"][:k] = unit * model.coef_ / spread, offset
        row["driver"][:k] = drivers
        row["scale"] = max(line * robust_spread(damped(residual, smooth)), 1e-9 * unit)
    return params


def damped(values: Array, smooth: float) -> Array:
    """Return the damped values, started at the first. values : (n,); returns (n,)."""
    out = np.empty_like(values)
    mean = values[0]
    for t, value in enumerate(values):
        mean += smooth * (value - mean)
        out[t] = mean
    return out


def robust_spread(values: Array) -> float:
    """Return the spread about zero as a standard deviation: 1.4826 times the median magnitude."""
    return float(1.4826 * np.median(np.abs(values)))
