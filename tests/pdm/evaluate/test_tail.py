"""How often the healthy cross a line."""

import numpy as np
import pytest

from pdm.evaluate.tail import crossings, exponential, rates


def test_an_alarm_is_counted_once_until_it_has_calmed_down() -> None:
    """Two frames above make one; it ends after fifteen below half the line, and one wild frame is none."""
    score = np.zeros(200)
    score[10], score[30:60], score[65:70], score[120:130] = 9.0, 1.2, 1.2, 1.2
    assert crossings(score, 1.0) == 2
    assert crossings(score, 2.0) == 0


def test_the_tail_is_told_from_how_the_count_falls() -> None:
    """An exponential is found again; two lines with alarms are needed."""
    lines = (0.5, 0.7, 0.9)
    rate, step = exponential(lines, [8.0 * float(np.exp(-(line - 1.0) / 0.2)) for line in lines])
    assert rate == pytest.approx(8.0)
    assert step == pytest.approx(0.2)
    with pytest.raises(ValueError, match="too few"):
        exponential(lines, (1.0, 0.0, 0.0))
    assert rates([np.ones(10)], 0.5, (0.5, 2.0)) == (2.0, 0.0)
