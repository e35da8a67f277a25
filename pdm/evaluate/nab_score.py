"""The Numenta Anomaly Benchmark's score, standard profile: early detections count, false ones cost.

A detection in a window earns more the earlier it is, and only the first counts; one outside costs
A_FP, less just after a window; a window without any costs A_FN. The sum is scaled so that no
detection at all is 0 and one at the start of each window is 100.

Lavin & Ahmad, Evaluating real-time anomaly detection algorithms: the Numenta Anomaly Benchmark,
IEEE ICMLA 2015, section III, equations 1 to 4; weights from its table I.
"""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from pdm.evaluate.nab_folder import Series
from pdm.evaluate.run import Array

A_TP, A_FP, A_FN = 1.0, 0.11, 1.0
PROBATION, PROBATION_ROWS = 0.15, 5000
"""Share of a file in which nothing counts, and the length beyond which a file is as one of that length."""


class Worth(Struct, frozen=True):
    """What a detection at each row of one file is worth.

    worth   : (n,) what it earns, or costs where it is negative
    window  : (n,) number of the window the row is in, -1 outside, -2 where nothing counts yet
    windows : windows with a row that counts
    """

    worth: Array
    window: Array
    windows: int


def sigmoid(position: Array) -> Array:
    """Return the scaled sigmoid: near 1 at -1, 0 at 0, -1 from 3 on.

    position : in widths of the window, -1 at its start, 0 at its end, positive after it
    """
    scaled = 2.0 / (1.0 + np.exp(5.0 * np.minimum(position, 3.0))) - 1.0
    return np.where(position > 3.0, -1.0, scaled)


def probation(rows: int) -> int:
    """Return how many rows at the start of a file do not count."""
    return int(PROBATION * min(rows, PROBATION_ROWS))


def worth_of(series: Series) -> Worth:
    """Work out what a detection at each row is worth."""
    n = len(series.times)
    rows, start = np.arange(n), probation(n)
    worth, window = np.full(n, -A_FP), np.full(n, -1)
    for first, last in series.windows:
        after = rows > last
        worth[after] = A_FP * sigmoid((rows[after] - last) / max(last - first, 1))
    for number, (first, last) in enumerate(series.windows):
        inside = slice(first, last + 1)
        place = -(last - rows[inside] + 1) / (last - first + 1)
        worth[inside] = A_TP * sigmoid(place) / sigmoid(np.array(-1.0))
        window[inside] = number
    window[:start] = -2
    return Worth(worth, window, len(np.unique(window[window >= 0])))


def raw(worth: Worth, detections: Array) -> float:
    """Add up one file; detections : (d,) rows."""
    inside, value = worth.window[detections], worth.worth[detections]
    total = float(value[inside == -1].sum()) - A_FN * worth.windows
    for number in np.unique(inside[inside >= 0]):
        total += A_FN + float(value[inside == number].max())
    return total


def normalised(total: float, windows: int) -> float | None:
    """Scale a sum over files: 0 without a detection, 100 when perfect; None where there is no window."""
    return 100.0 * (total + A_FN * windows) / ((A_TP + A_FN) * windows) if windows else None


def detections(scores: Array, threshold: float, quiet: int = 0) -> Array:
    """Return the rows with a score of at least `threshold`, each followed by `quiet` rows without one."""
    above = np.flatnonzero(scores >= threshold)
    if quiet == 0:
        return above
    rows, k = [], 0
    while k < len(above):
        rows.append(above[k])
        k = int(np.searchsorted(above, above[k] + quiet, side="right"))
    return np.array(rows, np.int64)


def candidates(scores: Sequence[Array], most: int = 400) -> Array:
    """Return thresholds to choose from: of all scores the largest thousands, spaced by rank."""
    pooled = np.unique(np.concatenate(scores))
    ranks = np.unique(np.geomspace(1, len(pooled), most).astype(np.int64))
    return pooled[-ranks]


def curve(worths: Sequence[Worth], scores: Sequence[Array], thresholds: Array, quiet: int = 0) -> Array:
    """Add up each file at each threshold: (files, thresholds)."""
    return np.array(
        [
            [raw(worth, counted(worth, detections(s, t, quiet))) for t in thresholds]
            for worth, s in zip(worths, scores, strict=True)
        ]
    )


def counted(worth: Worth, rows: Array) -> Array:
    """Leave out detections where nothing counts yet."""
    kept: Array = rows[worth.window[rows] != -2]
    return kept
