"""Fit what a channel is expected to be from the channels that drive the machine, in spite of wild values.

What is judged is the damped residual (`models.residual`), so what is fitted is slow as well: means over
blocks as long as the damping. They also hold less of the noise of the drivers' own sensors, which would
bend the coefficients towards zero (errors in variables).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import HuberRegressor

from models.compiled import compiled
from models.row import Array

WILD = 6.0
"""Robust standard deviations off a first fit beyond which a row is left out."""
LINE = 6.0
"""Robust standard deviations of the damped residual that are the line."""
FLOOR = 0.05
"""The line as a share of the channel's own spread, at least: a finer law is not worth an alarm."""


class Sample(NamedTuple):
    """What is fitted: means over blocks of rows.

    y        : (m,) the channel
    D        : (m, k) the candidates to drive it
    left_out : share of the rows that were wild
    """

    y: Array
    D: Array
    left_out: float


class Law(NamedTuple):
    """value = centre + sum(coefficients * (drivers - offsets)).

    coefficients, offsets : (k,), of the drivers that were asked for
    share                 : of the variance of the block means, 0 to 1, that the drivers explain
    """

    centre: float
    coefficients: Array
    offsets: Array
    share: float


def sample(y: Array, D: Array, smooth: float) -> Sample:
    """Leave out the rows that are wild, and average blocks of the rest.

    y      : (n,) a channel of a healthy machine, in time order, without NaN
    D      : (n, k) what may drive it, likewise
    smooth : share of a new value in the damped residual, as in Pace
    returns blocks of about 1 / smooth rows; a rest at the end is left out
    """
    first = _huber(D, y, tol=1e-2)
    off = y - first.centre - (D - first.offsets) @ first.coefficients
    off -= np.median(off)
    mild = np.abs(off) <= WILD * max(robust_spread(off), 1e-12)
    rows = max(1, round(1.0 / smooth))
    m = int(mild.sum()) // rows
    kept, drivers = y[mild][: m * rows], D[mild][: m * rows]
    return Sample(
        kept.reshape(m, rows).mean(axis=1),
        drivers.reshape(m, rows, -1).mean(axis=1),
        1.0 - float(mild.mean()),
    )


def fit(of: Sample, columns: Sequence[int]) -> Law:
    """Fit the channel on these columns of the candidates, all of them, by Huber's robust regression."""
    return _huber(of.D[:, list(columns)], of.y)


def line(y: Array, D: Array, law: Law, smooth: float) -> float:
    """Return the residual that is on the line: LINE robust standard deviations of the damped one.

    y, D : (n,), (n, drivers) as they were measured, in time order, without NaN; D has the law's drivers
    """
    residual = y - law.centre - (D - law.offsets) @ law.coefficients
    slow = damped(y, smooth)
    floor = FLOOR * robust_spread(slow - np.median(slow))
    return max(LINE * robust_spread(damped(residual, smooth)), floor, 1e-9 * float(np.std(y)), 1e-300)


@compiled
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


def _huber(D: Array, y: Array, tol: float = 1e-5) -> Law:
    """Regress, with everything scaled to a spread of one: the solver is not told of units."""
    offsets, spread = np.median(D, axis=0), np.maximum(np.std(D, axis=0), 1e-300)
    level, unit = float(np.median(y)), max(float(np.std(y)), 1e-300)
    Z = (D - offsets) / spread
    model = HuberRegressor(max_iter=1000, alpha=1e-6, tol=tol).fit(Z, (y - level) / unit)
    left = (y - level) / unit - model.predict(Z)
    return Law(
        centre=level + unit * float(model.intercept_),
        coefficients=unit * model.coef_ / spread,
        offsets=offsets,
        share=max(0.0, 1.0 - float(np.var(left)) / max(float(np.var((y - level) / unit)), 1e-300)),
    )
