"""Novelty of one signal."""

import numpy as np
import pytest

from models import novelty
from models.row import Array


def daily(days: int = 12, seed: int = 0) -> Array:
    """Return a day's shape of 96 values with noise, again and again."""
    rng = np.random.default_rng(seed)
    shape = 10.0 + 3.0 * np.sin(np.arange(96) * 2.0 * np.pi / 96)
    return np.tile(shape, days) + rng.normal(0.0, 0.2, 96 * days)


def naive_distance(values: Array, t: int, lag: int) -> float:
    """Return the distance to the second nearest earlier window without overlap, the slow and plain way."""
    newest = values[t - lag + 1 : t + 1]
    earlier = [values[end - lag + 1 : end + 1] for end in range(lag - 1, t - lag + 1)]
    return float(np.sort([np.sqrt(((newest - other) ** 2).sum()) for other in earlier])[1])


def distances(values: Array) -> Array:
    """Return what the kernel measures for the windows that end with the last value."""
    slots = np.zeros(1, novelty.SLOT)
    slots["values"][0, : len(values) - 1] = values[:-1]
    slots["seen"] = len(values) - 1
    novelty.measure(slots[0], values[-1])
    now: Array = slots["now"][0]
    return now


@pytest.mark.parametrize("rows", [70, 200])
def test_distances_are_those_of_the_plain_method(rows: int) -> None:
    """All lengths at once, given up early, come to what each alone comes to."""
    values = daily(3)[:rows]
    plain = [naive_distance(values, rows - 1, lag) for lag in novelty.LAGS]
    assert distances(values).tolist() == pytest.approx(plain, rel=1e-12)


@pytest.mark.parametrize("what", ["spike", "step", "noise"])
def test_what_was_never_seen_stands_out(what: str) -> None:
    """A spike, a step, and a burst of noise."""
    values = daily()
    usual = novelty.scores_of(values, 1.0)[500:960].max()
    odd = np.random.default_rng(1).normal(0.0, 2.0, 40)
    changed = {
        "spike": values[960] + 8.0,
        "step": values[960:1000] + 5.0,
        "noise": odd + 10,
    }
    part = np.atleast_1d(changed[what])
    values[960 : 960 + len(part)] = part
    assert novelty.scores_of(values, 1.0)[960:1000].max() > usual


def test_a_unit_changes_nothing() -> None:
    """In another unit the same signal has the same scores."""
    values = daily(6)
    assert novelty.scores_of(values * 1024.0, 1.5).tobytes() == novelty.scores_of(values, 1.5).tobytes()


def test_a_flat_line_is_no_news_and_its_end_is() -> None:
    """Where nothing ever moved, the first move has the most evidence there can be."""
    values = np.full(400, 7.0)
    values[300] = 7.5
    scores = novelty.scores_of(values, 1.0)
    assert scores[:300].max() < 0.01
    assert scores[300] > 3.0
    assert np.isfinite(scores).all()


def test_wild_values_stay_finite() -> None:
    """Numbers at the end of the range neither overflow nor spoil what comes after."""
    values = daily(8)
    values[500], values[501] = 1e308, -1e308
    scores = novelty.scores_of(values, 1.0)
    assert np.isfinite(scores).all()
    assert scores[500] > scores[600:].max()


def test_kept_distances_stand_for_all_of_the_past() -> None:
    """When they are full every second goes, the largest stays, and the order holds."""
    values = np.random.default_rng(3).normal(size=3 * novelty.SAMPLE)
    slots = np.zeros(1, novelty.SLOT)
    for distance in np.abs(values[: novelty.SAMPLE]):
        novelty.remember(slots[0], 0, distance)
    kept = slots["ranked"][0][: slots["known"][0][0]]
    assert len(kept) == novelty.SAMPLE // 2
    assert kept.tolist() == np.sort(np.abs(values[: novelty.SAMPLE]))[1::2].tolist()
    assert slots["every"][0][0] == 1
