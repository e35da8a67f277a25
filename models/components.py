"""Fit the pattern in which the channels of a healthy machine move together (`models.pattern`)."""

from typing import NamedTuple

import numpy as np
from sklearn.decomposition import PCA

from models import drift
from models.compiled import compiled
from models.pace import Pace
from models.pattern import COMPONENTS
from models.row import Array, Row

BEYOND = 1.5
"""The line, over the largest index but one in a thousand of the healthy recording."""
LEAST = 0.02
"""Share of the variance below which a component is noise."""


class Pattern(NamedTuple):
    """The pattern of one machine.

    scales     : (width,) deviation of each channel that is one unit, 0 where it never moves
    loadings   : (width, COMPONENTS)
    precisions : (COMPONENTS,), and beside: as in `models.pattern`, the line being in them
    """

    scales: Array
    loadings: Array
    precisions: Array
    beside: float


def fit(Z: Array) -> Pattern:
    """Fit the pattern.

    Z : (n, width) deviations from the slow baseline, damped, of a healthy machine in time order
    raises ValueError where fewer than two channels move
    """
    scales = np.std(Z, axis=0)
    moving = scales > 0.0
    if int(moving.sum()) < 2:
        raise ValueError("a pattern needs two channels that move")
    U = Z[:, moving] / scales[moving]
    model = PCA(svd_solver="full").fit(U)
    kept = min(COMPONENTS, int(moving.sum()) - 1, int((model.explained_variance_ratio_ >= LEAST).sum()))
    loadings = np.zeros((Z.shape[1], COMPONENTS))
    loadings[moving, :kept] = model.components_[:kept].T
    T = U @ model.components_[:kept].T
    left = ((U - T @ model.components_[:kept]) ** 2).sum(axis=1)
    precisions = np.zeros(COMPONENTS)
    precisions[:kept] = 1.0 / (kept * np.maximum((T**2).mean(axis=0), 1e-12))
    beside = 1.0 / max(float(left.mean()), 1e-12)
    index = (T**2 @ precisions[:kept]) + beside * left
    line = BEYOND**2 * float(np.quantile(index, 0.999))
    return Pattern(scales, loadings, precisions / line, beside / line)


@compiled
def deviations(X: Array, params: Array, pace: Pace) -> Array:
    """Return the damped deviation of each channel from its slow baseline, in its own unit.

    X      : (n, width) frames of a healthy machine, NaN where missing
    params : (width,) PARAM of `models.drift`
    returns (m, width), from the frame on from which every channel is judged; m is 0 where that never comes
    """
    n, width = X.shape
    slots, machines = np.zeros(width, drift.SLOT), np.zeros(1, drift.MACHINE)
    Z, part, ok, begun = np.zeros((n, width)), np.zeros(width), np.ones(width, np.bool_), 0
    for t in range(n):
        row = Row(0, 0, width, 1, X[t], ok)
        drift.score_row(slots, params, pace, row, part)
        ready = True
        for i in range(width):
            ready &= slots[i].learnt >= pace.ready
            Z[begun, i] = slots[i].mean - slots[i].base
        begun += int(ready)
        drift.learn_row(slots, machines, params, pace, row, False, False)
    return Z[:begun]
