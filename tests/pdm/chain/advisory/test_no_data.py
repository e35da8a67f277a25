"""Advice where data do not come: since when, that nothing is said of the machine, and what to check."""

from pdm.chain.advisory.draft import draft
from pdm.chain.advisory.no_data import ACTION
from pdm.knowledge.shipped import shipped
from pdm.records.event import DATA, NO_DATA, Event, Kind, Severity

SINCE, NOW = "2026-01-01T08:00:00Z", "2026-01-01T08:01:00Z"


def test_advice_on_no_data_sends_people_to_the_way_of_the_data() -> None:
    """No failure mode, no score, no action on the machine itself."""
    event = Event(
        "e",
        1,
        "pump-7",
        "pump",
        Kind.RAISE,
        NO_DATA,
        Severity.WARNING,
        NOW,
        SINCE,
        0.0,
        0.0,
        (),
        subject=DATA,
    )
    advice = draft(event, shipped())
    assert advice.hypotheses == ()
    assert [action.id for action in advice.actions] == [ACTION]
    assert "pump-7 (pump) has delivered no data since 2026-01-01 08:00:00 UTC" in advice.text
    assert "says nothing about the condition of the machine" in advice.text
    assert "score" not in advice.text
