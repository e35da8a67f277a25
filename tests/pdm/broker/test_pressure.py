"""When readings are held back, and when they are taken again."""

import pytest

from pdm.broker.fill import Fill
from pdm.broker.pressure import STALE_S, Pressure
from pdm.broker.topics import FRAMES, INGEST, VIBRATION
from pdm.errors import BrokerError


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def test_half_a_retention_holds_back_until_two_fifths_are_left() -> None:
    """Between the two it stays as it was, so that it does not flutter; the fullest stage is named."""
    pressure, said = Pressure(Clock()), []
    for ratio in (0.0, 0.5, 0.51, 0.45, 0.4, 0.45):
        pressure.note({"monitor": Fill(ratio, FRAMES, 2), "align": Fill(0.1, VIBRATION, 0)})
        said.append(pressure.why != "")
    assert said == [False, False, True, True, False, False]
    pressure.note({"monitor": Fill(0.6, FRAMES, 2), "align": Fill(0.8, VIBRATION, 0)})
    with pytest.raises(
        BrokerError, match=r"held back: align has yet to read 80% of what pdm\.da\.vibration\.v1"
    ):
        pressure.check()


def test_what_others_write_holds_nobody_back() -> None:
    """Who writes to the ingest topic must not close the doors of all."""
    pressure = Pressure(Clock())
    pressure.note({"ingest": Fill(0.9, INGEST, 0)})
    pressure.check()


def test_an_old_look_does_not_count_for_ever() -> None:
    """A broker that does not let us look any more would otherwise close the doors for good."""
    clock = Clock()
    pressure = Pressure(clock)
    pressure.note({"monitor": Fill(0.9, FRAMES, 2)})
    clock.now = STALE_S
    assert pressure.why
    clock.now += 1.0
    assert not pressure.why
