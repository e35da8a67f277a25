"""Which alarms count as found, and which as false."""

from fakes.demo import START_NS, event

from pdm.demo.score import GRACE_S, judge
from pdm.simulator.truth import Nature, Truth

FAULT = Truth("pump-01", Nature.MACHINE, "leak", onset=100, grown=200, end=300, severity=1.0, visible=150)
LYING = Truth("fan-01", Nature.SENSOR, "stuck", onset=100, grown=100, end=600, severity=1.0, channel="flow")


def test_an_alarm_during_the_fault_finds_it() -> None:
    """The delay counts from when the fault could be seen."""
    outcome = judge([FAULT], [event("pump-01", raised=180)], START_NS)
    assert (outcome.detected, outcome.false) == (1, ())
    assert outcome.matches[0].delay_s == 30
    assert outcome.median_delay_s == 30.0


def test_an_alarm_before_it_can_be_seen_has_no_negative_delay() -> None:
    """Several channels together may show what none shows alone."""
    assert judge([FAULT], [event("pump-01", raised=120)], START_NS).median_delay_s == 0.0


def test_an_alarm_before_the_onset_is_false() -> None:
    """Nobody can know before it begins: the fault is missed and the alarm false."""
    outcome = judge([FAULT], [event("pump-01", raised=99)], START_NS)
    assert (outcome.detected, len(outcome.false)) == (0, 1)


def test_the_grace_after_the_end_is_short() -> None:
    """An alarm that starts within the grace is about the fault, one that starts later is not."""
    assert judge([FAULT], [event("pump-01", raised=300 + GRACE_S)], START_NS).detected == 1
    assert judge([FAULT], [event("pump-01", raised=301 + GRACE_S)], START_NS).detected == 0


def test_an_alarm_elsewhere_is_false() -> None:
    """Healthy machines deserve none."""
    outcome = judge([FAULT], [event("pump-02", raised=180)], START_NS)
    assert (outcome.detected, len(outcome.false)) == (0, 1)


def test_an_alarm_on_a_sensor_fault_is_false() -> None:
    """A lying sensor is no machine fault, and is not counted among the faults."""
    outcome = judge([FAULT, LYING], [event("fan-01", raised=200)], START_NS)
    assert len(outcome.matches) == 1
    assert [alarm.last.asset for alarm in outcome.false] == ["fan-01"]


def test_a_second_alarm_on_the_same_fault_is_neither() -> None:
    """It does not count twice, and is not false."""
    outcome = judge([FAULT], [event("pump-01", raised=180), event("pump-01", raised=250)], START_NS)
    assert (outcome.detected, len(outcome.false), len(outcome.alarms)) == (1, 0, 2)
    assert outcome.matches[0].alarm == outcome.alarms[0]


def test_revisions_make_one_alarm_in_any_order() -> None:
    """The newest revision says how it ended, whatever came first."""
    revisions = [
        event("pump-01", raised=180, time=260, revision=3, kind="clear"),
        event("pump-01", raised=180),
        event("pump-01", raised=180, time=200, revision=2, kind="update"),
    ]
    (alarm,) = judge([FAULT], revisions, START_NS).alarms
    assert (alarm.raised, alarm.cleared) == (180, 260)


def test_nothing_found_has_no_median() -> None:
    """No detection, no delay: None, not zero."""
    assert judge([FAULT], [], START_NS).median_delay_s is None
