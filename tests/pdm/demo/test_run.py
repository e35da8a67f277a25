"""A scenario of the demo ends now, and its figures follow from what was seen."""

from pathlib import Path

import msgspec
from fakes.demo import advice_on, event, result

from pdm.demo.result import names, newest_advice
from pdm.demo.run import Wish, scenario_of


def test_no_reading_is_of_the_future() -> None:
    """The last second of the scenario lies before now, by less than two."""
    wish = Wish(50, 1800, 1, 0.0, Path("x"), 0.0)
    scenario = scenario_of(wish, now=lambda: 1_800_000_000.7)
    last = scenario.start_ns + (scenario.duration_s - 1) * 1_000_000_000
    assert 0 < 1_800_000_000_700_000_000 - last < 2_000_000_000
    assert scenario.start_ns % 1_000_000_000 == 0


def test_keeps_the_newest_advice() -> None:
    """A later revision of the event counts before a rewording of an earlier one."""
    first = advice_on(event("pump-01", raised=5))
    reworded = msgspec.structs.replace(first, revision=2)
    later = msgspec.structs.replace(first, event_revision=2, text="It got worse.")
    assert newest_advice([later, reworded, first])["pump-01-5"].text == "It got worse."


def test_tells_whether_the_advice_names_the_fault() -> None:
    """At all, and first; what was missed is not named."""
    found = result(missed=1)
    told = [names(match, found.advice) for match in found.outcome.matches]
    assert told[0] == (False, False)
    assert told[1:] == [(True, True)] * 3
