"""Waiting ends when nothing is left, and not by hope."""

from collections.abc import Callable, Iterator

import pytest

from pdm.demo.settle import PATIENCE_S, UnsettledError, settle


def clock(step: float) -> Callable[[], float]:
    """Give a clock that goes on by `step` with each look."""

    def ticks() -> Iterator[float]:
        now = 0.0
        while True:
            yield now
            now += step

    return ticks().__next__


def test_ends_when_nothing_is_left() -> None:
    """It looks as often as needed, and no more."""
    looks = [{"a": 2, "b": 1}, {"a": 0, "b": 1}, {"a": 0, "b": 0}, {"a": 9, "b": 9}]
    left = iter(looks)
    settle(lambda: next(left), pause=lambda _: None, clock=clock(1.0))
    assert next(left) == looks[3]


def test_is_patient_as_long_as_something_moves() -> None:
    """Slow is not stuck, however long it takes in all."""
    left = iter(range(1000, -1, -1))
    settle(lambda: {"a": next(left)}, pause=lambda _: None, clock=clock(PATIENCE_S / 4))
    assert next(left, None) is None


def test_gives_up_when_nothing_moves() -> None:
    """Whoever is stuck is named."""
    with pytest.raises(UnsettledError, match="monitor"):
        settle(lambda: {"pdm-monitor": 7}, pause=lambda _: None, clock=clock(PATIENCE_S / 4))
