"""How long to wait before the next start."""

from pdm.supervision.patience import FIRST_PAUSE, LONGEST_PAUSE, SETTLED, Patience


def test_pauses_double_up_to_the_longest() -> None:
    """A process that never comes up costs a start every half minute and no more."""
    patience = Patience()
    pauses = [patience.ended(0.0) for _ in range(9)]
    assert pauses == [min(FIRST_PAUSE * 2**n, LONGEST_PAUSE) for n in range(9)]
    assert pauses[-1] == LONGEST_PAUSE


def test_a_long_run_forgives() -> None:
    """An end after a settled run is treated as the first."""
    patience = Patience()
    patience.started(0.0)
    assert patience.ended(1.0) == FIRST_PAUSE
    patience.started(2.0)
    assert patience.ended(3.0) == 2 * FIRST_PAUSE
    patience.started(4.0)
    assert patience.ended(4.1 + SETTLED) == FIRST_PAUSE


def test_the_pause_is_over_when_it_has_passed() -> None:
    """Not before."""
    patience = Patience()
    assert patience.over(0.0)
    pause = patience.ended(100.0)
    assert not patience.over(100.0 + pause - 0.01)
    assert patience.over(100.0 + pause)
