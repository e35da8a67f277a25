"""Time constants on other grids."""

import pytest

from models.pace import RING, pace


@pytest.mark.parametrize("frame", [0.01, 0.1, 1.0, 5.0, 60.0, 3600.0])
def test_every_grid_has_a_usable_pace(frame: float) -> None:
    """The delay line fits, shares are shares, and one wild frame never raises an alarm."""
    p = pace(frame)
    assert 1 <= p.delay <= RING
    assert 0.0 < p.smooth <= 1.0
    assert 0.0 < p.memory <= 1.0
    assert p.delay_on >= 2
    assert p.ready >= 2
    assert p.forget >= 300


def test_times_stay_what_they_are_on_a_finer_grid() -> None:
    """A value waits about 30 s and an alarm is cleared after 15 s, whatever the grid."""
    for frame in (0.1, 0.5, 1.0, 2.0):
        p = pace(frame)
        assert p.block * p.delay * frame == pytest.approx(30.0, abs=4.0)
        assert p.release * frame == pytest.approx(15.0, abs=1.0)
