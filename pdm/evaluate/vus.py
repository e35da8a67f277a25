"""VUS: areas under the curves of precision and of the false share, with tolerance at a fault's edges.

A score that rises a little before or after the labelled rows is partly right. For each buffer length up to
a window, rows within half of it count with a weight that falls to nothing, each fault must be met at all to
count (existence), and the area is taken; VUS is the mean over all lengths. Nothing is point-adjusted.

Paparrizos et al., Volume Under the Surface, PVLDB 15 (2022) 2774-2787, sections 3.1 to 3.3.
"""

from typing import NamedTuple

import numpy as np

from pdm.evaluate.run import Array

WINDOW = 60
"""Rows of the longest buffer: at 1 Hz a minute, the delay that an alarm may have."""


class Volume(NamedTuple):
    """Means over all buffer lengths, 0 to 1."""

    pr: float
    roc: float


def volume(labels: Array, scores: Array, window: int = WINDOW) -> Volume:
    """Return VUS-PR and VUS-ROC of one run; NaN where it has no fault or no normal row.

    labels : (n,) bool      scores : (n,) the higher, the more anomalous; NaN counts as lowest
    window : the longest buffer in rows
    """
    label = np.asarray(labels, np.bool_)
    if not label.any() or label.all():
        return Volume(float("nan"), float("nan"))
    score = np.where(np.isnan(scores), -np.inf, scores)
    areas = np.array([area(label, score, length) for length in range(window + 1)])
    return Volume(*areas.mean(axis=0).tolist())


def area(label: Array, score: Array, buffer: int) -> tuple[float, float]:
    """Return the areas of one buffer length: precision over recall, and recall over the false share."""
    weight, faults = weights(label, buffer)
    order = np.argsort(-score, kind="stable")
    ranked = score[order]
    last = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
    hit = np.cumsum(weight[order])[last]
    core = np.cumsum(label[order])[last]
    called = last + 1.0
    met = _met(score, faults, ranked[last])
    positive = (label.sum() + label.sum() + (hit - core)) / 2.0
    recall = np.minimum(hit / positive, 1.0) * met
    precision, false = hit / called, (called - hit) / (len(label) - positive)
    by_precision = float(np.sum(np.diff(recall, prepend=0.0) * precision))
    over_false = np.concatenate(([0.0], false, [1.0]))
    over_recall = np.concatenate(([0.0], recall, [1.0]))
    by_recall = float(np.sum(np.diff(over_false) * (over_recall[1:] + over_recall[:-1]) / 2.0))
    return by_precision, by_recall


def weights(label: Array, buffer: int) -> tuple[Array, list[tuple[int, int]]]:
    """Weigh rows: 1 in a fault, sqrt(1 - distance / buffer) up to half a buffer beside it, else 0.

    returns (n,) and the first and last row of each stretch above nothing
    """
    weight, n = label.astype(np.float64), len(label)
    for first, last in stretches(label):
        for step in range(1, buffer // 2 + 1):
            value = np.sqrt(1.0 - step / buffer)
            for row in (first - step, last + step):
                if 0 <= row < n:
                    weight[row] = max(weight[row], value)
    return weight, stretches(weight > 0.0)


def stretches(flags: Array) -> list[tuple[int, int]]:
    """Return the first and the last row of each stretch of True."""
    edges = np.diff(np.concatenate(([0], np.asarray(flags).astype(np.int8), [0])))
    return list(
        zip(np.flatnonzero(edges == 1).tolist(), (np.flatnonzero(edges == -1) - 1).tolist(), strict=True)
    )


def _met(score: Array, faults: list[tuple[int, int]], thresholds: Array) -> Array:
    """Return the share of faults with a row at or above each threshold."""
    peaks = np.array([score[first : last + 1].max() for first, last in faults])
    met: Array = (peaks[None, :] >= thresholds[:, None]).mean(axis=1)
    return met
