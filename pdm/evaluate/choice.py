"""Which setting some runs call for: what ships, unless another is better by more than chance.

Between settings that are halved or doubled, F1 differs by thousandths, and the best of many on some runs is
mostly the luckiest. So the simplest within one standard error of the best is taken, the simplest being what
ships: Breiman, Friedman, Olshen and Stone, Classification and Regression Trees (1984), section 3.4.3.
"""

from collections.abc import Sequence

import numpy as np

from pdm.evaluate import points
from pdm.evaluate.run import Array


def best(tables: Sequence[Array]) -> int:
    """Return the setting with the best F1, the first of equals. tables : (runs, 4) as of `points.counts`"""
    return int(np.argmax([np.nan_to_num(points.pooled(table).f1) for table in tables]))


def choose(tables: Sequence[Array]) -> int:
    """Return the setting with the best F1, or 0, what ships, where it is within one standard error of it."""
    found = best(tables)
    better = points.pooled(tables[found]).f1 - points.pooled(tables[0]).f1
    return found if better > chance(tables[found], tables[0]) else 0


def chance(one: Array, other: Array) -> float:
    """Return the standard error of the difference in F1 of two settings on the same runs.

    one, other : (runs, 4) as of `points.counts`
    By the jackknife: each run left out in turn, since the rows of a run are not independent.
    """
    n = len(one)
    left = np.arange(n) != np.arange(n)[:, None]
    apart = np.array([points.pooled(one[keep]).f1 - points.pooled(other[keep]).f1 for keep in left])
    return float(np.sqrt((n - 1) / n * np.square(apart - apart.mean()).sum()))
