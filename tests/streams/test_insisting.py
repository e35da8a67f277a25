"""Asking a store that is away."""

import asyncio
import logging

import pytest

from pdm import metrics
from pdm.store.errors import StoreAwayError, StoreError
from streams import insisting


class Store:
    """Does not answer a number of times, and then does."""

    def __init__(self, failures: int) -> None:
        self.failures = failures

    def offset(self) -> int:
        """Answer, or not."""
        if self.failures:
            self.failures -= 1
            raise StoreAwayError("db: connection refused")
        return 7


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the pauses short."""
    monkeypatch.setattr(insisting, "FIRST_S", 0.0)
    monkeypatch.setattr(insisting, "LONGEST_S", 0.0)


def test_it_asks_until_there_is_an_answer(caplog: pytest.LogCaptureFixture) -> None:
    """And says so in the log and the metrics, each time."""
    before = metrics.STORE_FAILURES._value.get()
    with caplog.at_level(logging.WARNING):
        assert asyncio.run(insisting.ask(Store(3).offset, lambda: True)) == 7
    assert caplog.text.count("the store is away") == 3
    assert metrics.STORE_FAILURES._value.get() == before + 3
    assert metrics.STORE_UP._value.get() == 1


def test_it_stops_asking_when_nobody_wants_to_know() -> None:
    """After a rebalance, or at the end."""
    assert asyncio.run(insisting.ask(Store(3).offset, lambda: False)) is None
    assert metrics.STORE_UP._value.get() == 0


def test_at_the_start_it_waits_for_the_store() -> None:
    """A recorder may start before its database."""
    assert insisting.await_store(Store(3).offset) == 7


def test_what_will_not_pass_is_raised() -> None:
    """Tables of another version do not change by waiting."""

    def refuse() -> int:
        raise StoreError("of another version")

    with pytest.raises(StoreError):
        asyncio.run(insisting.ask(refuse, lambda: True))
    with pytest.raises(StoreError):
        insisting.await_store(refuse)
