"""Fit the pattern in which the channels of a healthy machine move together (`models.pattern`)."""

from typing import NamedTuple

import numpy as np
from sklearn.decomposition import PCA

from models.pattern import COMPONENTS
from models.row import Array

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
