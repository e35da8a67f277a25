"""Two records of alarms compared: what is added, removed, moved, and what is red."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdm.evaluate.alarm_diff import change, compare
from pdm.evaluate.alarm_record import FORM, Alarm, Incident, Record, RecordError


def alarm(at: float, until: float | None = None, severity: str = "warning") -> Alarm:
    """Make one alarm by its time."""
    return Alarm(at, until, severity, "drift", "flow")


def incident(*alarms: Alarm, fault: tuple[float, float] | None = (100.0, 300.0), name: str = "a") -> Incident:
    """Make one incident, which fails from second 100 to 300 unless said."""
    begin, end = fault or (None, None)
    return Incident(name, "leak" if fault else "", begin, end, alarms)


def record(*incidents: Incident) -> Record:
    """Put incidents into a record."""
    return Record(FORM, "test", incidents)


def test_a_lost_failure_is_red() -> None:
    """The alarm is gone, and so is the failure's only warning."""
    found = compare(record(incident(alarm(150.0))), record(incident()))
    assert found.red
    assert (found.removed, found.lost, found.later) == (1, ("a",), ())


def test_an_alarm_before_the_label_does_not_find_the_failure() -> None:
    """It was there before anything was wrong: the failure counts as lost."""
    assert compare(record(incident(alarm(150.0))), record(incident(alarm(90.0)))).lost == ("a",)


@pytest.mark.parametrize(("at", "red"), [(120.0, False), (118.0, False), (122.0, True), (60.0, True)])
def test_a_tenth_of_the_lead_time_may_go(at: float, red: bool) -> None:
    """100 s after the onset there are 200 s of lead time; 180 s must be left, and 180 s are enough."""
    found = compare(record(incident(alarm(100.0))), record(incident(alarm(at))))
    assert found.red is red
    assert found.moved == 1


def test_a_false_alarm_more_is_shown_and_not_red() -> None:
    """The verdict is about failures; alarms on healthy machines are counted beside it."""
    healthy = incident(fault=None, name="b")
    noisy = incident(alarm(10.0, 20.0), fault=None, name="b")
    found = compare(record(healthy), record(noisy))
    assert not found.red
    assert (found.added, found.false_base, found.false_head) == (1, 0, 1)


def test_alarms_are_paired_with_the_nearest() -> None:
    """One moved by 5 s, one only became more severe, one is new."""
    base = incident(alarm(110.0), alarm(200.0))
    head = incident(alarm(105.0), alarm(200.0, severity="alarm"), alarm(700.0))
    found = change(base, head)
    assert [one.by_s for one in found.moved] == [-5.0]
    assert [one.head.severity for one in found.altered] == ["alarm"]
    assert [one.raised_s for one in found.added] == [700.0]
    assert found.removed == ()


@given(st.lists(st.floats(0, 1000), max_size=6), st.lists(st.floats(0, 1000), max_size=6))
def test_every_alarm_is_told_once(base: list[float], head: list[float]) -> None:
    """Added, removed, and paired ones are all there are; a record against itself has no change."""
    one, two = (incident(*(alarm(at) for at in sorted(times))) for times in (base, head))
    found = change(one, two)
    paired = len(head) - len(found.added)
    assert len(base) - len(found.removed) == paired >= len(found.moved) + len(found.altered)
    assert change(one, one).quiet()


def test_records_of_other_incidents_are_refused() -> None:
    """Another label, or another run, cannot be compared, and the message names it."""
    with pytest.raises(RecordError, match=r"differ in a$"):
        compare(record(incident()), record(incident(fault=(1.0, 2.0))))
