"""The novelty detector on a folder in the layout of the Numenta Anomaly Benchmark.

No file helps to choose the threshold it is judged by: that of a category comes from the other
categories, or, where these hold no labelled window, from what ships with this program.
"""

import time
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct

from pdm.evaluate.nab_folder import Series, read, stamps
from pdm.evaluate.nab_score import Worth, candidates, counted, curve, detections, normalised, raw, worth_of
from pdm.evaluate.run import Array

ScoresOf = Callable[[Array], Array]
"""The values of one signal, (n,) with NaN where one is missing, to its scores, (n,), causally."""

SHIPPED = files("pdm.evaluate") / "nab_line.json"


class Line(Struct, frozen=True, forbid_unknown_fields=True):
    """A threshold that ships with the program, and where it comes from.

    score : what it scores on the very files it was chosen on
    """

    line: float
    files: int
    rows: int
    windows: int
    score: float
    date: str


class Nab(Struct, frozen=True):
    """The score of the standard profile: 0 without a detection, 100 when perfect.

    by_category : None where a category has no window; false detections in it count in `score` all the same
    thresholds  : by category; `shipped` lists those that come from what ships, not from other categories
    found, false_detections : windows with a detection in them, and detections outside
    best_line, best_score   : the one threshold that is best on these very files: an upper bound
    random, clock           : random scores, and ticks of a clock, each at its best threshold on these files
    detections              : times in each file, by the file's own clock
    """

    score: float | None
    by_category: dict[str, float | None]
    thresholds: dict[str, float]
    shipped: tuple[str, ...]
    found: int
    windows: int
    false_detections: int
    best_line: float
    best_score: float | None
    random: float | None
    clock: float | None
    files: int
    rows: int
    detections: dict[str, list[str]]


def shipped() -> Line:
    """Read the threshold that ships with the program."""
    return msgspec.json.decode(SHIPPED.read_bytes(), type=Line)


def nab(folder: Path, scores_of: ScoresOf, quiet: int, say: Callable[[str], None]) -> Nab:
    """Score every file of a folder and judge it; say : told which file is at work.

    quiet : rows after a detection without another
    raises NabError where the folder cannot be read
    """
    series, scores = read(folder), []
    for one in series:
        say(one.name)
        scores.append(scores_of(one.values))
    return judge(series, scores, quiet)


def judge(series: Sequence[Series], scores: Sequence[Array], quiet: int, line: float | None = None) -> Nab:
    """Judge scores of all files; line : the threshold that ships, read unless given."""
    worths = [worth_of(one) for one in series]
    grid = candidates(scores)
    table = curve(worths, scores, grid, quiet)
    windows = np.array([worth.windows for worth in worths])
    category = np.array([one.category for one in series])
    thresholds, used = {}, []
    for name in sorted(set(category.tolist())):
        others = category != name
        if windows[others].sum():
            thresholds[name] = float(grid[np.argmax(table[others].sum(axis=0))])
        else:
            thresholds[name] = shipped().line if line is None else line
            used.append(name)
    found = [
        counted(worth, detections(score, thresholds[name], quiet))
        for worth, score, name in zip(worths, scores, category.tolist(), strict=True)
    ]
    return _figures(series, worths, found, thresholds, tuple(used), (grid, table.sum(axis=0)), quiet)


def _figures(
    series: Sequence[Series], worths: Sequence[Worth], found: Sequence[Array], thresholds: dict[str, float],
    used: tuple[str, ...], overall: tuple[Array, Array], quiet: int,
) -> Nab:  # fmt: skip
    """Add up; overall : thresholds, and the sum over all files at each."""
    totals = np.array([raw(worth, rows) for worth, rows in zip(worths, found, strict=True)])
    windows = np.array([worth.windows for worth in worths])
    category = np.array([one.category for one in series])
    inside = [worth.window[rows] for worth, rows in zip(worths, found, strict=True)]
    every, best = int(windows.sum()), int(np.argmax(overall[1]))
    return Nab(
        score=normalised(float(totals.sum()), every),
        by_category={
            name: normalised(float(totals[category == name].sum()), int(windows[category == name].sum()))
            for name in thresholds
        },
        thresholds=thresholds,
        shipped=used,
        found=sum(len(np.unique(places[places >= 0])) for places in inside),
        windows=every,
        false_detections=sum(int((places == -1).sum()) for places in inside),
        best_line=float(overall[0][best]),
        best_score=normalised(float(overall[1][best]), every),
        random=_best(worths, _random(worths), quiet),
        clock=_best(worths, [_ticks(len(worth.worth)) for worth in worths], quiet),
        files=len(series),
        rows=sum(len(one.times) for one in series),
        detections={one.name: stamps(one.times[rows]) for one, rows in zip(series, found, strict=True)},
    )


def as_line(found: Nab) -> bytes:
    """Write the threshold that is best on all these files as one that can ship."""
    line = Line(
        round(found.best_line, 3),
        found.files,
        found.rows,
        found.windows,
        round(found.best_score or 0.0, 1),
        time.strftime("%Y-%m-%d", time.gmtime()),
    )
    return msgspec.json.format(msgspec.json.encode(line), indent=2) + b"\n"


def _best(worths: Sequence[Worth], scores: Sequence[Array], quiet: int) -> float | None:
    sums = curve(worths, scores, candidates(scores), quiet).sum(axis=0)
    return normalised(float(sums.max()), sum(worth.windows for worth in worths))


def _random(worths: Sequence[Worth], seed: int = 0) -> list[Array]:
    rng = np.random.default_rng(seed)
    return [rng.random(len(worth.worth)) for worth in worths]


def _ticks(rows: int) -> Array:
    """Return scores of row numbers alone: the highest power of two that divides them."""
    row = np.arange(1, rows + 1)
    ticks: Array = np.log2(row & -row)
    return ticks
