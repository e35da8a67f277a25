"""A consumer that runs but does not move."""

from pdm.broker.lag import Lag
from pdm.supervision.progress import FIRST_WAIT, Progress


def behind(committed: int, end: int = 10, partition: int = 0) -> Lag:
    """Describe one partition of the group g."""
    return Lag("g", "t", partition, committed, end, end - committed)


def test_a_group_that_stands_still_with_lag_is_stalled() -> None:
    """Not before its time is over."""
    progress = Progress()
    assert progress.stalled([behind(3)], 0.0) == []
    assert progress.stalled([behind(3, end=20)], FIRST_WAIT - 1) == []
    assert progress.stalled([behind(3, end=30)], FIRST_WAIT) == ["g"]


def test_a_group_that_moves_or_has_nothing_to_do_is_not() -> None:
    """Neither slow progress nor an empty topic is a reason."""
    progress = Progress()
    assert [progress.stalled([behind(step, end=99)], step * FIRST_WAIT) for step in range(5)] == [[]] * 5
    assert [progress.stalled([behind(10)], step * 1000.0) for step in range(5)] == [[]] * 5


def test_one_still_partition_is_enough() -> None:
    """The others may move as they like."""
    progress = Progress()
    for step in range(3):
        progress.stalled([behind(2), behind(step, partition=1)], step * FIRST_WAIT / 4)
    assert progress.stalled([behind(2), behind(9, partition=1)], FIRST_WAIT) == ["g"]


def test_patience_doubles_until_it_moves_again() -> None:
    """An offset that nobody can move does not end the worker every minute; moving forgives."""
    progress = Progress()
    progress.stalled([behind(3)], 0.0)
    assert progress.stalled([behind(3)], FIRST_WAIT) == ["g"]
    assert progress.stalled([behind(3)], FIRST_WAIT + 1) == []
    assert progress.stalled([behind(3)], FIRST_WAIT + 1 + FIRST_WAIT) == []
    assert progress.stalled([behind(3)], FIRST_WAIT + 1 + 2 * FIRST_WAIT) == ["g"]
    progress.stalled([behind(3)], 1000.0)
    progress.stalled([behind(4)], 1001.0)
    assert progress.stalled([behind(4)], 1001.0 + FIRST_WAIT) == ["g"]
