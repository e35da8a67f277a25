"""The score of the Numenta Anomaly Benchmark, by hand."""

import numpy as np
import pytest

from pdm.evaluate.nab_folder import Series
from pdm.evaluate.nab_score import (
    A_FP,
    candidates,
    counted,
    curve,
    detections,
    normalised,
    probation,
    raw,
    sigmoid,
    worth_of,
)


def series(*windows: tuple[int, int], rows: int = 200) -> Series:
    """Return a signal with these windows."""
    return Series("a/b.csv", np.arange(float(rows)), np.zeros(rows), windows)


def score(one: Series, *rows: int) -> float | None:
    """Return the normalised score of detections at these rows."""
    worth = worth_of(one)
    return normalised(raw(worth, counted(worth, np.array(rows, np.int64))), worth.windows)


def test_sigmoid_has_the_published_values() -> None:
    """2 / (1 + exp(5 y)) - 1, and -1 beyond three widths."""
    assert sigmoid(np.array([-1.0, -0.5, 0.0, 0.5, 3.5])) == pytest.approx(
        [0.98661430, 0.84828364, 0.0, -0.84828364, -1.0]
    )


def test_probation_is_a_share_up_to_750_rows() -> None:
    """Fifteen percent of the file, and of 5,000 rows at most."""
    assert [probation(rows) for rows in (100, 4032, 5000, 22_000)] == [15, 604, 750, 750]


def test_nothing_found_is_0_and_all_at_once_is_100() -> None:
    """A window's first row is worth the most there is."""
    one = series((100, 119), (150, 169))
    assert score(one) == 0.0
    assert score(one, 100, 150) == pytest.approx(100.0)


def test_the_first_detection_in_a_window_counts_alone() -> None:
    """Later ones add nothing, and a later first one is worth less."""
    one = series((100, 119))
    early, late, both = score(one, 105), score(one, 115), score(one, 105, 110, 115)
    assert early is not None
    assert late is not None
    assert both == early > late > 0.0


def test_a_false_detection_costs_its_weight_and_less_just_after_a_window() -> None:
    """Before any window 0.11; after one it rises from nothing to that, counted in widths."""
    worth = worth_of(series((100, 120)))
    assert worth.worth[50] == -A_FP
    assert worth.worth[130] == pytest.approx(-A_FP * 0.84828364)
    assert worth.worth[190] == -A_FP
    assert raw(worth, np.array([50, 100])) == pytest.approx(1.0 - A_FP)


def test_nothing_counts_on_probation() -> None:
    """Neither a false detection nor a window that is over by then."""
    one = series((5, 15), (20, 60))
    worth = worth_of(one)
    assert worth.windows == 1
    assert score(one, 3, 10, 25) == 0.0
    assert score(one, 40) != 0.0


def test_without_a_window_there_is_no_scale() -> None:
    """False detections still cost."""
    worth = worth_of(series())
    assert normalised(raw(worth, np.array([100])), worth.windows) is None
    assert raw(worth, np.array([100])) == -A_FP


def test_quiet_rows_follow_a_detection() -> None:
    """The next one comes when they are over."""
    scores = np.array([0.0, 2.0, 2.0, 1.0, 2.0, 3.0])
    assert detections(scores, 2.0).tolist() == [1, 2, 4, 5]
    assert detections(scores, 2.0, quiet=2).tolist() == [1, 4]
    assert detections(scores, 9.0, quiet=2).tolist() == []


def test_the_best_threshold_is_among_the_candidates() -> None:
    """Where one score stands out in the window, the curve is highest there."""
    one = series((100, 119))
    scores = np.random.default_rng(0).random(200)
    scores[100] = 5.0
    grid = candidates([scores])
    sums = curve([worth_of(one)], [scores], grid).sum(axis=0)
    assert grid[np.argmax(sums)] == 5.0
    assert sums.max() == pytest.approx(1.0)
