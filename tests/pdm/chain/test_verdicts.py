"""A sensor's fault in the log becomes an event of the sensor, and never one of the machine."""

import numpy as np
from logs import log, rows

from pdm.chain.advisory.draft import draft
from pdm.chain.detection import saving
from pdm.chain.detection.bank import Bank
from pdm.chain.standing import standing
from pdm.chain.step import step
from pdm.knowledge.shipped import shipped
from pdm.records.event import Event, Kind
from pdm.records.log import LogRecord
from pdm.records.sensor import SensorStatus

STUCK_AT, MENDED_AT = 200, 300


def stuck() -> list[LogRecord]:
    """A log in which the oil temperature of the second of two pumps stands still for a while."""
    found = []
    for asset, second, cells in rows(2, 400, 1):
        lies = asset == "pump-1" and STUCK_AT <= second < MENDED_AT
        found.append((asset, second, tuple((c, 331.5 if lies and c == 2 else v) for c, v in cells)))
    return log(found, [37])


def events(records: list[LogRecord], bank: Bank | None = None) -> list[Event]:
    """Run a log through a bank."""
    bank = bank or Bank()
    return [event for at, record in enumerate(records) for event in step(bank, at, record).events]


def test_a_stuck_sensor_is_an_event_of_its_own() -> None:
    """Raised and cleared, with its status, and the machine has no alarm."""
    raised, cleared = events(stuck())
    assert (raised.subject, raised.channel, raised.cause) == ("sensor", "oil-temperature", "flatline")
    assert (raised.kind, cleared.kind) == (Kind.RAISE, Kind.CLEAR)
    assert (raised.revision, cleared.revision) == (1, 2)
    assert raised.id == cleared.id
    assert raised.asset == "pump-1"
    assert raised.evidence[0].status is SensorStatus.FAILURE
    assert raised.evidence[0].value == 331.5


def test_people_see_the_status_of_the_sensor() -> None:
    """In the list of machines, by channel."""
    bank, records = Bank(), stuck()
    events(records[: 2 * 280 // 37], bank)
    status = {one.asset: one for one in standing(bank, 10)}
    faults = [(one.channel, one.status, one.fault) for one in status["pump-1"].channels]
    assert ("oil-temperature", SensorStatus.FAILURE, "flatline") in faults
    assert {one.status for one in status["pump-0"].channels} == {SensorStatus.NORMAL}


def test_a_restart_between_raise_and_clear_changes_nothing() -> None:
    """The id of the event, and when it was raised, come back with the state."""
    records, cut = stuck(), 2 * 280 // 37
    first, second = Bank(), Bank()
    before = events(records[:cut], first)
    saving.load_plants(second, saving.save_plants(first), cut)
    saving.load(second, 0, saving.save(first, 0))
    after = [e for at in range(cut, len(records)) for e in step(second, at, records[at]).events]
    assert before + after == events(records)


def test_the_advice_on_a_sensor_is_about_the_sensor() -> None:
    """Its fault is told, so nothing is ranked, and nobody is sent to balance a rotor."""
    raised = events(stuck())[0]
    advice = draft(raised, shipped())
    assert [one.failure_mode for one in advice.hypotheses] == ["sensor_flatline"]
    assert [one.id for one in advice.actions] == ["check_sensor_wiring", "replace_sensor"]
    assert np.isclose(advice.hypotheses[0].weight, 1.0)
