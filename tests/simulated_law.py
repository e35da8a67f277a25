"""Series of which the law is known: drivers and noise that resemble themselves for a while."""

import numpy as np

from models.row import Array

SMOOTH = 0.08
"""Share of a new value in the damped residual: that of a grid of one second."""


def slow(rng: np.random.Generator, rows: int, memory: float, width: int = 1) -> Array:
    """Autoregressive noise of first order, spread 1, with a memory of so many rows; (rows, width)."""
    keep = float(np.exp(-1.0 / memory))
    kicks = rng.normal(0.0, np.sqrt(1.0 - keep * keep), (rows, width))
    out, state = np.empty_like(kicks), rng.normal(size=width)
    for row, kick in enumerate(kicks):
        state = keep * state + kick
        out[row] = state
    return out
