"""Every process crashed once under load, and poison in every topic: nothing is lost, nothing is invented."""

import pytest

from bench.kills import VICTIMS, run


@pytest.mark.e2e
@pytest.mark.timeout(290)
def test_a_crash_of_each_process_changes_no_event() -> None:
    """The events on the topic and in the store are those of the offline run, byte for byte."""
    seen = run(machines=8, seconds=700, times=1)
    assert set(seen.kills) == {*VICTIMS, "kafka"}
    assert seen.events > 0
    assert (seen.lost, seen.phantom, seen.contradictory) == (0, 0, 0)
    assert (seen.missing_rows, seen.duplicate_rows) == (0, 0)
    assert (seen.missing_history, seen.duplicate_history) == (0, 0)
    assert seen.equal
    assert (seen.balanced, seen.lost_readings) == (True, 0)
    assert seen.poison_in_dead_letters == seen.poison
    assert seen.restarts_by_poison == 0
