"""The quick part of the fault suite: what clients and a slow or absent process do changes nothing."""

import pytest

from bench.faults import run


@pytest.mark.e2e
@pytest.mark.timeout(290)
def test_every_promise_holds_under_the_quick_faults() -> None:
    """Nothing is lost, invented or doubled, and every reading is accounted for, to the unit."""
    seen = run(
        machines=6,
        seconds=600,
        kills=0,
        only=("poison", "long-strings", "slow-headers", "leader", "slow"),
    )
    assert seen.broken == (), seen.faults
    assert (seen.lost_readings, seen.lost_events, seen.phantom, seen.contradictory) == (0, 0, 0, 0)
    assert (seen.missing_rows, seen.duplicate_rows) == (0, 0)
    assert (seen.missing_history, seen.duplicate_history) == (0, 0)
    assert seen.balanced
    ends = ("framed", "open", "late", "duplicate", "conflict")
    assert seen.flow["read"] == sum(seen.flow[end] for end in ends) > seen.readings
    assert seen.dead_letters == seen.poison > 0
    assert seen.equal
