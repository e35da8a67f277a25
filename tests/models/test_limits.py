"""The scale of scores against limits."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import limits
from models.row import Row

NAN = float("nan")


def score(value: float, low_low: float, low: float, high: float, high_high: float) -> float:
    """Score one value."""
    params = np.array([(low_low, low, high, high_high, 0)], limits.PARAM)
    row = Row(0, 0, 1, 1, np.array([value]), np.ones(1, np.bool_))
    return limits.score_row(params, row, limits.RUNNING, np.zeros(1))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (50.0, 0.0),
        (79.0, 0.9),
        (80.0, 1.0),
        (85.0, 1.5),
        (90.0, 2.0),
        (100.0, 3.0),
        (20.0, 1.0),
        (10.0, 2.0),
        (15.0, 1.5),
    ],
)
def test_one_is_on_the_warning_limit_and_two_on_the_critical_one(value: float, expected: float) -> None:
    """The scale is straight through both limits, on both sides."""
    assert score(value, 10.0, 20.0, 80.0, 90.0) == pytest.approx(expected)


@pytest.mark.parametrize("given_limits", list(itertools.product([NAN, 1.0], repeat=4)))
@settings(deadline=None)
@given(st.lists(st.floats(-500.0, 500.0), min_size=2, max_size=2))
def test_further_out_never_scores_less(given_limits: tuple[float, ...], values: list[float]) -> None:
    """Whatever pair of limits is there, the score rises outwards, and only beyond a limit it exceeds 1."""
    low_low, low, high, high_high = np.array(given_limits) * np.array([-200.0, -100.0, 100.0, 200.0])
    near, far = sorted(values)
    assert score(near, NAN, NAN, high, high_high) <= score(far, NAN, NAN, high, high_high)
    assert score(near, low_low, low, NAN, NAN) >= score(far, low_low, low, NAN, NAN)
    outside = any(far > x for x in (high, high_high)) or any(far < x for x in (low_low, low))
    assert (score(far, low_low, low, high, high_high) > 1.0) == outside


def test_a_lone_critical_limit_is_critical_as_soon_as_it_is_crossed() -> None:
    """Without a warning limit the score steps from 1 to 2 and more on the critical one."""
    assert score(200.0, NAN, NAN, NAN, 200.0) == 1.0
    assert score(200.1, NAN, NAN, NAN, 200.0) > 2.0
    assert score(-0.1, 0.0, NAN, NAN, NAN) > 2.0
