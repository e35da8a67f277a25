"""Suspects: who left first, and how far."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models import alarm, cause
from models.row import Row


def test_a_channel_is_counted_from_when_it_left() -> None:
    """Frames off are counted in a row; who comes back begins again."""
    slots = np.zeros(2, alarm.SLOT)
    row = Row(0, 0, 2, 1, np.zeros(2), np.ones(2, np.bool_))
    for part in ((0.6, 0.0), (0.7, 0.9), (0.1, 0.9)):
        cause.note(slots, row, np.array(part))
    assert slots["moved"].tolist() == [0, 2]


def test_the_first_to_leave_goes_before_one_that_is_further_off_since_shortly() -> None:
    """What follows from a fault may end up larger than where it came from."""
    assert cause.ranked(np.array([1.2, 2.0, 0.1]), np.array([60, 10, 0])) == [0, 1]


@given(st.lists(st.tuples(st.floats(0.0, 9.0), st.integers(0, 900)), max_size=9))
def test_only_who_moved_is_ranked(channels: list[tuple[float, int]]) -> None:
    """Each suspect is off; nobody is named twice."""
    ranked = cause.ranked(np.array([p for p, _ in channels]), np.array([m for _, m in channels]))
    assert len(set(ranked)) == len(ranked)
    assert all(channels[i][0] > 0.0 and channels[i][1] > 0 for i in ranked)
