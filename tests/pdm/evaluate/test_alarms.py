"""Alarms and faults as wholes."""

import math

import numpy as np
import pytest

from pdm.evaluate.alarms import judge
from pdm.evaluate.run import Run

S = 1_000_000_000


def make_run(faults: list[tuple[int, int]], *begins: int) -> Run:
    """Make a run of 100 s with faults from one row up to another, and alarms of 5 s."""
    labels = np.zeros(100, np.bool_)
    for first, end in faults:
        labels[first:end] = True
    return Run("a", np.arange(100, dtype=np.int64) * S, labels, tuple((b * S, (b + 5) * S) for b in begins))


def test_an_alarm_must_begin_inside_the_fault() -> None:
    """One that stood before the fault, or came after it, finds nothing."""
    found = judge([make_run([(50, 60)], 48, 60)])
    assert (found.recall, found.precision, found.alarms) == (0.0, 0.0, 2)
    assert math.isnan(found.delay_median_s)


def test_the_first_alarm_in_a_fault_counts_for_the_delay() -> None:
    """Delay is from the first anomalous row; a second alarm in the fault is right, but not another find."""
    found = judge([make_run([(10, 30), (50, 80)], 14, 22, 50), make_run([(10, 30)], 90)])
    assert found.recall == pytest.approx(2 / 3)
    assert found.precision == pytest.approx(3 / 4)
    assert found.delay_median_s == 2.0
    assert found.delay_p90_s == pytest.approx(3.6)


def test_nothing_to_judge_is_said_and_not_invented() -> None:
    """Without faults and alarms there is no share of them."""
    found = judge([make_run([])])
    assert math.isnan(found.recall)
    assert math.isnan(found.precision)
    assert make_run([(0, 3), (97, 100)]).faults() == [(0, 2), (97, 99)]
