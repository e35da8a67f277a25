"""What follows when a worker does not move."""

from pdm.broker.lag import Lag
from pdm.errors import BrokerError
from pdm.supervision.progress import FIRST_WAIT
from pdm.supervision.stalls import StallWatch


def test_the_worker_of_a_still_group_is_restarted_and_no_other() -> None:
    """Groups of other people on the same broker are left alone."""
    still = [Lag(group, "t", 0, 1, 5, 4) for group in ("pdm-align", "somebody-else")]
    restarted: list[str] = []
    watch = StallWatch(lambda: still, restarted.append, {"pdm-align": "align"})
    watch.look(0.0)
    assert restarted == []
    watch.look(FIRST_WAIT)
    assert restarted == ["align"]


def test_a_worker_that_was_started_again_has_its_time_anew() -> None:
    """What the process before it did not do is not held against it; what it does not do itself is."""
    still, pids, restarted = [Lag("pdm-align", "t", 0, 1, 5, 4)], {"align": 10}, list[str]()
    watch = StallWatch(lambda: still, restarted.append, {"pdm-align": "align"}, lambda: pids)
    watch.look(0.0)
    pids.clear()
    watch.look(FIRST_WAIT - 5.0)
    pids["align"] = 11
    watch.look(FIRST_WAIT)
    watch.look(2 * FIRST_WAIT - 1.0)
    assert restarted == []
    watch.look(2 * FIRST_WAIT)
    assert restarted == ["align"]


def test_an_absent_broker_is_nobodys_stall() -> None:
    """While no lag is known, nobody is restarted."""

    def absent() -> list[Lag]:
        raise BrokerError("away")

    restarted: list[str] = []
    watch = StallWatch(absent, restarted.append, {"pdm-align": "align"})
    watch.look(0.0)
    watch.look(FIRST_WAIT)
    assert restarted == []


def test_it_can_be_stopped_before_and_after_its_start() -> None:
    """Stopping ends its thread."""
    watch = StallWatch(list, lambda _name: None, {})
    watch.stop()
    watch = StallWatch(list, lambda _name: None, {})
    watch.start()
    watch.stop()
    assert not watch._thread.is_alive()
