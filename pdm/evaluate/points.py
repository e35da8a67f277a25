"""Point metrics: each row is right or wrong, pooled over runs; no point is ever adjusted."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from pdm.evaluate.run import Array, Run

START_UP = 400
"""Rows at the start of each run that only serve to start up, as in the published figures on SKAB."""


class Points(Struct, frozen=True):
    """Shares over all rows that count; NaN, written as null, where there is nothing to divide by.

    f1  : harmonic mean of precision and recall
    far : normal rows in alarm, as a share of all normal rows
    mar : anomalous rows not in alarm, as a share of all anomalous rows
    """

    f1: float
    far: float
    mar: float


def counts(run: Run, alarmed: Array, skip: int = START_UP) -> Array:
    """Count one run's rows from `skip` on: (4,) hits, false alarms, misses, and true rests."""
    label, alarm = run.labels[skip:].astype(np.bool_), alarmed[skip:].astype(np.bool_)
    return np.array(
        [(label & alarm).sum(), (~label & alarm).sum(), (label & ~alarm).sum(), (~label & ~alarm).sum()]
    )


def pooled(table: Array) -> Points:
    """Pool the counts of runs, (runs, 4) as of `counts`."""
    hit, false, missed, rest = (float(n) for n in table.sum(axis=0))
    return Points(
        f1=_share(2.0 * hit, 2.0 * hit + false + missed),
        far=_share(false, false + rest),
        mar=_share(missed, hit + missed),
    )


def interval(table: Array, seed: int = 0, draws: int = 2000, level: float = 0.9) -> tuple[float, float]:
    """Return the interval of F1 when whole runs are drawn again with replacement (bootstrap).

    table : (runs, 4) as of `counts`; level : probability inside
    """
    rng = np.random.default_rng(seed)
    drawn = table[rng.integers(0, len(table), (draws, len(table)))].sum(axis=1)
    hit, wrong = drawn[:, 0], drawn[:, 1] + drawn[:, 2]
    f1 = 2.0 * hit / np.maximum(2.0 * hit + wrong, 1.0)
    low, high = np.quantile(f1, [(1.0 - level) / 2.0, (1.0 + level) / 2.0])
    return float(low), float(high)


def table_of(runs: Sequence[Run]) -> Array:
    """Count every run's rows: (runs, 4)."""
    return np.array([counts(run, run.alarmed()) for run in runs]).reshape(-1, 4)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
