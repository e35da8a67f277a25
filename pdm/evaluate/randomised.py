"""Runs cut at a random start and end, so that no clock helps: the volume under the score's curves."""

import numpy as np
from msgspec import Struct

from pdm.chain.detection.kit import Kit
from pdm.evaluate.material import Material, Progress, logged
from pdm.evaluate.signals import Signals
from pdm.evaluate.vus import WINDOW, Volume, volume

DRAWS = 3
"""Cuts of each run."""
BEFORE, AFTER = 150, 60
"""Rows that a cut leaves before the first fault and after its onset: time to learn, and something to find."""


class Randomised(Struct, frozen=True):
    """Means over all cuts of all runs that hold a fault; beside them what scores get that look at no sensor.

    window_rows            : the longest buffer, see `vus`
    vus_pr_low, vus_pr_high : 90 % interval, whole runs drawn again
    clock_vus_pr            : the rows as scores that are anomalous in the median of the whole runs
    row_number_vus_pr       : the row's number as the score; high where a fault is what a run ends with
    """

    cuts: int
    window_rows: int
    vus_pr: float
    vus_pr_low: float
    vus_pr_high: float
    vus_roc: float
    clock_vus_pr: float
    row_number_vus_pr: float
    random_vus_pr: float


def randomised(
    material: Material, kit: Kit, seed: int = 0, draws: int = DRAWS, progress: Progress = lambda _line: None
) -> Randomised:
    """Cut each run, judge each cut as a recording of its own, and take the mean of the volumes."""
    rng, rows, usual = np.random.default_rng(seed), [], _usual(material)
    for number, run in enumerate(material.runs, start=1):
        progress(f"random cuts {number}/{len(material.runs)} {run.signals.asset}")
        mine = [_measure(cut(run.signals, rng), material, kit, rng, usual) for _ in range(draws)]
        rows.append(np.nanmean(np.array(mine), axis=0) if not np.isnan(mine).all() else np.full(5, np.nan))
    table = np.array(rows)
    table = table[~np.isnan(table).any(axis=1)]
    if not len(table):
        return Randomised(0, WINDOW, *(float("nan") for _ in range(7)))
    again = table[rng.integers(0, len(table), (2000, len(table))), 0].mean(axis=1)
    low, high = np.quantile(again, [0.05, 0.95]).tolist()
    pr, *others = table.mean(axis=0).tolist()
    return Randomised(len(table) * draws, WINDOW, pr, low, high, *others)


def cut(signals: Signals, rng: np.random.Generator) -> Signals:
    """Cut a run before and after the onset of its first fault; a run without one anywhere."""
    n, rows = len(signals), np.flatnonzero(signals.labels)
    onset = int(rows[0]) if len(rows) else n // 2
    begin = int(rng.integers(0, max(1, onset - BEFORE)))
    end = int(rng.integers(min(n, onset + AFTER), n + 1))
    return signals.cut(begin, end)


def _measure(
    signals: Signals,
    material: Material,
    kit: Kit,
    rng: np.random.Generator,
    usual: tuple[float, float],
) -> tuple[float, ...]:
    found = logged(signals, material.plant).judge(kit)
    ours: Volume = volume(signals.labels, found.scores)
    rows = np.arange(len(signals))
    knows = ((rows >= usual[0]) & (rows <= usual[1])).astype(np.float64)
    others = (knows, rows.astype(np.float64), rng.random(len(signals)))
    return ours.pr, ours.roc, *(volume(signals.labels, score).pr for score in others)


def _usual(material: Material) -> tuple[float, float]:
    """Return the median first and last anomalous row of the whole runs."""
    found = [np.flatnonzero(run.signals.labels) for run in material.runs]
    ends = [(rows[0], rows[-1]) for rows in found if len(rows)]
    begin, end = np.median(np.array(ends), axis=0).tolist() if ends else (0.0, 0.0)
    return begin, end
