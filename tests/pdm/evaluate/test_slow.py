"""Slow drift: what the ramp is, and that fast ones are found while the slowest are absorbed."""

import numpy as np
import pytest
from rigs import rig

from pdm.evaluate.slow import BEGIN, LASTS, RISE, ramp, slow
from pdm.plant.load import load


def test_the_ramp_grows_holds_and_is_put_right() -> None:
    """Nothing before it begins and after it ends, so many allowances an hour in between, at most RISE."""
    seconds = np.arange(4000.0)
    size, begin, end = ramp(seconds, 36.0)
    assert (begin, end) == (int(BEGIN * 4000), int((BEGIN + LASTS) * 4000))
    assert size[:begin].max() == size[end:].max() == 0.0
    assert size[begin + 100] == pytest.approx(1.0)
    assert size[end - 1] == RISE


def test_fast_drifts_are_found_and_slow_ones_absorbed() -> None:
    """A hundred allowances an hour raise an alarm on every channel, one an hour on none; a step stands."""
    found = slow([rig(rows=2400, fault=None)], load(None))
    assert (found.speeds[0].found, found.speeds[0].absorbed) == (0, 3)
    assert (found.speeds[-1].found, found.speeds[-1].by_detector) == (3, {"drift": 3})
    assert 0.0 < found.speeds[-1].delay_median_s < 240.0
    assert found.time_in_alarm_undisturbed_percent == 0.0
    assert found.permanent_step.found == found.permanent_step.standing_at_end == 3


def test_an_alarm_of_the_stream_itself_finds_no_drift() -> None:
    """A fault that was there before is not counted as the drift's."""
    found = slow([rig(rows=2400, fault=(900, 990))], load(None))
    assert found.time_in_alarm_undisturbed_percent > 0.0
    assert found.speeds[0].found == 0
