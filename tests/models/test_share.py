"""Shares add up to the score."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import share

PARTS = st.lists(st.floats(-9.0, 9.0), min_size=1, max_size=12)


@given(PARTS)
def test_shares_of_squares_add_up_to_the_score(parts: list[float]) -> None:
    """The squares, with their signs, make that of the score."""
    part, out = np.array(parts), np.ones(len(parts))
    score = float(np.sqrt(max(0.0, (part * np.abs(part)).sum())))
    share.of_squares(len(parts), score, part, out)
    assert out.sum() == pytest.approx(score, abs=1e-6 * max(1.0, 1.0 / max(score, 1e-3)))


@given(PARTS, PARTS)
def test_one_channel_has_all_of_a_largest(a: list[float], b: list[float]) -> None:
    """Where the score is one channel's, it is that channel's alone."""
    n = min(len(a), len(b))
    first, second, out = np.abs(np.array(a[:n])), np.abs(np.array(b[:n])), np.ones(n)
    score = float(max(first.max(), second.max()))
    share.of_largest(n, score, first, second, out)
    assert out.sum() == score
    assert np.count_nonzero(out) <= 1
