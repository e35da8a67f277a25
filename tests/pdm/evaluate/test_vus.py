"""The volume under the curves, against cases worked out by hand and a slow obvious version."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdm.evaluate.run import Array
from pdm.evaluate.vus import area, volume, weights


def flags(text: str) -> Array:
    """Read a run's labels from a string of digits."""
    return np.array([c == "1" for c in text], np.bool_)


def slow(label: Array, score: Array, buffer: int) -> tuple[float, float]:
    """Take every threshold in turn and count, as the paper defines it."""
    weight, faults = weights(label, buffer)
    curve, precision = [(0.0, 0.0)], []
    for threshold in sorted(set(score.tolist()), reverse=True):
        called = score >= threshold
        hit = float((weight * called).sum())
        beside = float((weight * called)[~label].sum())
        positive = (label.sum() + label.sum() + beside) / 2.0
        met = np.mean([called[a : b + 1].any() for a, b in faults])
        curve.append((min(hit / positive, 1.0) * met, (called.sum() - hit) / (len(label) - positive)))
        precision.append(hit / called.sum())
    by_precision = sum(
        (now[0] - before[0]) * p for before, now, p in zip(curve, curve[1:], precision, strict=False)
    )
    curve.append((1.0, 1.0))
    by_recall = sum((now[1] - before[1]) * (now[0] + before[0]) / 2.0 for before, now in pairwise(curve))
    return float(by_precision), float(by_recall)


def test_without_a_buffer_it_is_the_average_precision() -> None:
    """Ranks 1 and 3 of four rows are right: half of 1, and half of 2/3."""
    by_precision, by_recall = area(flags("1010"), np.array([4.0, 3.0, 2.0, 1.0]), 0)
    # Two faults of one row each: recall counts only as far as both are met at all.
    assert by_precision == pytest.approx(0.25 * 1.0 + 0.75 * 2 / 3)
    assert by_recall == pytest.approx(0.5 * (0.25 + 1.0) / 2 * 0 + 0.5 * (0.25 + 0.25) / 2 + 0.5 * 1.0)


def test_a_perfect_score_of_one_fault_is_one_without_a_buffer() -> None:
    """Every row of the fault before every other row."""
    assert area(flags("00110"), flags("00110").astype(float), 0)[0] == pytest.approx(1.0)


def test_weights_fall_beside_a_fault() -> None:
    """Half a buffer on each side, falling as the root; overlapping ones keep the larger and are one fault."""
    weight, faults = weights(flags("0001000"), 4)
    assert weight.tolist() == pytest.approx([0, 0.5**0.5, 0.75**0.5, 1, 0.75**0.5, 0.5**0.5, 0])
    assert faults == [(1, 5)]
    assert weights(flags("10001"), 4)[1] == [(0, 4)]
    assert weights(flags("10001"), 0)[0].tolist() == [1, 0, 0, 0, 1]


def test_a_rise_just_before_the_label_is_worth_more_with_a_buffer() -> None:
    """The same miss by two rows costs less the longer the buffer, and a miss far away costs all the same."""
    label = flags("0" * 40 + "1" * 10 + "0" * 40)
    early, far = np.zeros(90), np.zeros(90)
    early[38:48], far[5:15] = 1.0, 1.0
    assert area(label, early, 8)[0] > area(label, early, 0)[0]
    assert volume(label, early, 8).pr > volume(label, far, 8).pr + 0.3


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 4)), min_size=2, max_size=40).filter(
        lambda rows: 0 < sum(label for label, _ in rows) < len(rows)
    ),
    st.integers(0, 8),
)
def test_fast_is_slow(rows: list[tuple[bool, int]], buffer: int) -> None:
    """Sums along the ranking are the counts at each threshold, with ties."""
    label = np.array([one for one, _ in rows], np.bool_)
    score = np.array([value for _, value in rows], np.float64)
    assert area(label, score, buffer) == pytest.approx(slow(label, score, buffer))


def test_what_cannot_be_measured_is_nan() -> None:
    """A run without a fault has no recall, one without a normal row no precision to lose."""
    assert np.isnan(volume(flags("000"), np.zeros(3)).pr)
    assert np.isnan(volume(flags("111"), np.zeros(3)).roc)


def test_rows_without_a_score_count_as_lowest() -> None:
    """NaN is no alarm, and no hit."""
    label = flags("0011")
    known = volume(label, np.array([0.0, 0.0, 1.0, 1.0]), 0)
    assert volume(label, np.array([np.nan, np.nan, 1.0, 1.0]), 0) == known
    assert volume(label, np.array([0.0, 0.0, np.nan, 1.0]), 0).pr < known.pr
