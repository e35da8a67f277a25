"""When the model is asked at all: budget and circuit breaker on a clock of our own."""

import asyncio

import pytest
from fakes.explainer import FakeExplainer
from hypothesis import given
from hypothesis import strategies as st

from pdm.explainer.breaker import Breaker, State
from pdm.explainer.budget import Budget
from pdm.explainer.guarded import Guarded
from pdm.explainer.protocol import ExplainerError, Failure, Message

ASKED = (Message("user", "Hello?"),)


class Clock:
    """A clock that goes only when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.now


def outcome(guarded: Guarded) -> str:
    """Ask once; return the answer, or the kind of failure."""
    try:
        return asyncio.run(guarded.complete(ASKED)).text
    except ExplainerError as error:
        return error.failure.value


def test_the_breaker_opens_after_failures_in_a_row_and_tries_again_later() -> None:
    """Three failures stop the asking; after the cool-down one trial decides."""
    clock = Clock()
    down = [ExplainerError(Failure.TIMEOUT, "x") for _ in range(4)]
    fake = FakeExplainer([*down, "back", "again"])
    guarded = Guarded(fake, Breaker(3, 60.0, clock), Budget(burst=100, clock=clock))
    assert [outcome(guarded) for _ in range(5)] == ["timeout"] * 3 + ["breaker"] * 2
    clock.now += 60
    assert [outcome(guarded) for _ in range(2)] == ["timeout", "breaker"]
    clock.now += 59
    assert outcome(guarded) == "breaker"
    clock.now += 1
    assert [outcome(guarded), outcome(guarded)] == ["back", "again"]
    assert guarded.breaker.state is State.CLOSED
    assert len(fake.history) == 6


def test_a_success_in_between_forgets_the_failures() -> None:
    """Only failures in a row count."""
    breaker = Breaker(2, clock=Clock())
    for _ in range(5):
        breaker.failed()
        breaker.succeeded()
    assert breaker.state is State.CLOSED


def test_half_open_lets_one_call_through_at_a_time() -> None:
    """While the trial is under way nobody else asks."""
    clock = Clock()
    breaker = Breaker(1, 10.0, clock)
    breaker.failed()
    clock.now += 10
    assert (breaker.allows(), breaker.allows(), breaker.state) == (True, False, State.OPEN)


def test_a_cancelled_trial_leaves_the_next_one_possible() -> None:
    """A worker that shuts down during the trial must not leave the breaker open for ever."""
    clock = Clock()
    breaker = Breaker(1, 10.0, clock)
    breaker.failed()
    clock.now += 10
    guarded = Guarded(FakeExplainer([asyncio.CancelledError(), "back"]), breaker, Budget(clock=clock))
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(guarded.complete(ASKED))
    assert outcome(guarded) == "back"


def test_the_budget_comes_back_with_time() -> None:
    """A spent budget asks nobody until an hour's share has come back."""
    clock = Clock()
    fake = FakeExplainer("abcdef")
    guarded = Guarded(fake, Breaker(clock=clock), Budget(per_hour=60, burst=2, clock=clock))
    assert [outcome(guarded) for _ in range(3)] == ["a", "b", "budget"]
    clock.now += 60
    assert [outcome(guarded) for _ in range(2)] == ["c", "budget"]
    clock.now += 24 * 3600
    assert [outcome(guarded) for _ in range(3)] == ["d", "e", "budget"]


@given(st.lists(st.floats(0, 4000), max_size=60), st.integers(1, 5), st.floats(1, 600))
def test_the_budget_is_never_exceeded(waits: list[float], burst: int, per_hour: float) -> None:
    """In any time no more is spent than was saved and has come back."""
    clock = Clock()
    budget = Budget(per_hour, burst, clock)
    spent = 0
    for wait in waits:
        clock.now += wait
        spent += budget.take()
    assert spent <= burst + (clock.now - 100.0) * per_hour / 3600 + 1e-6
