"""The token bucket."""

from hypothesis import given
from hypothesis import strategies as st

from pdm.access.bucket import Bucket, take

RATE, BURST = 100.0, 1000.0
ATTEMPTS = st.lists(st.tuples(st.floats(0, 30), st.integers(1, 3000)), min_size=1, max_size=60)


@given(ATTEMPTS)
def test_what_is_taken_in_the_long_run_is_the_rate(attempts: list[tuple[float, int]]) -> None:
    """Before each batch that passes, no more than burst + rate * time had passed."""
    bucket, now, passed = Bucket(BURST, 0.0), 0.0, 0
    for pause, count in attempts:
        now += pause
        bucket, wait = take(bucket, count, now, RATE, BURST)
        if not wait:
            assert passed <= BURST + RATE * now
            passed += count


@given(ATTEMPTS)
def test_who_waits_as_told_is_let_through(attempts: list[tuple[float, int]]) -> None:
    """Whatever the size of the batch: none is refused for ever."""
    bucket, now = Bucket(BURST, 0.0), 0.0
    for pause, count in attempts:
        now += pause
        bucket, wait = take(bucket, count, now, RATE, BURST)
        if wait:
            now += wait + 1e-6
            bucket, wait = take(bucket, count, now, RATE, BURST)
        assert wait == 0


@given(ATTEMPTS)
def test_a_refusal_costs_nothing(attempts: list[tuple[float, int]]) -> None:
    """Asking again and again does not put the moment off."""
    bucket, _ = take(Bucket(BURST, 0.0), 5000, 0.0, RATE, BURST)
    now, due = 0.0, (5000 - BURST + 1) / RATE
    for pause, count in attempts:
        now += pause
        if now >= due - 1e-6:
            break
        bucket, wait = take(bucket, count, now, RATE, BURST)
        assert abs(now + wait - due) < 1e-6


def test_a_clock_that_stands_gives_nothing() -> None:
    """Nor one that goes back."""
    bucket, _ = take(Bucket(1.0, 10.0), 1, 10.0, RATE, BURST)
    assert take(bucket, 1, 10.0, RATE, BURST)[1] > 0
    assert take(bucket, 1, 9.0, RATE, BURST)[1] > 0
    assert take(bucket, 0, 9.0, RATE, BURST)[1] == 0
