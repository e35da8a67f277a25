"""The first suspect against the truth."""

from pdm.evaluate.causes import causes


def test_the_first_suspect_is_mostly_right() -> None:
    """On a small plant most alarms name the channel that the fault moved first."""
    found = causes((101,), machines=12, duration_s=1200)
    assert found.faults > 3
    assert found.top_1 >= 0.7
    assert found.top_2 >= found.top_1
