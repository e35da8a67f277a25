"""Rows that any figure must stand beside: what those get who look at no sensor at all."""

from collections.abc import Callable, Sequence

import numpy as np

from pdm.evaluate.points import Points, counts, pooled
from pdm.evaluate.run import Array, Run

RANDOM_SHARE = 0.01
"""Share of rows that the random row calls anomalous."""


def all_ones(runs: Sequence[Run]) -> Points:
    """Call every row anomalous."""
    return _pool(runs, lambda run: np.ones(len(run.times), np.bool_))


def random(runs: Sequence[Run], seed: int = 0) -> Points:
    """Call one row in a hundred anomalous, at random."""
    rng = np.random.default_rng(seed)
    return _pool(runs, lambda run: rng.random(len(run.times)) < RANDOM_SHARE)


def clock(runs: Sequence[Run]) -> Points:
    """Call the rows anomalous that are so in the median of the other runs: a clock, and no sensor."""
    found = {run.name: [edge for fault in run.faults() for edge in (fault[0], fault[-1])] for run in runs}

    def tell(run: Run) -> Array:
        others = [(rows[0], rows[-1]) for name, rows in found.items() if rows and name != run.name]
        rows = np.arange(len(run.times))
        if not others:
            return np.zeros(len(rows), np.bool_)
        begin, end = np.median(np.array(others), axis=0)
        told: Array = (rows >= begin) & (rows <= end)
        return told

    return _pool(runs, tell)


def _pool(runs: Sequence[Run], tell: Callable[[Run], Array]) -> Points:
    return pooled(np.array([counts(run, tell(run)) for run in runs]).reshape(-1, 4))
