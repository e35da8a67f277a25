"""Series of active alarms: there with the alarm, gone with it, and never too many."""

from collections import Counter

import pytest
from msgspec import structs
from prometheus_client import CollectorRegistry

from pdm import alarm_series
from pdm.alarm_series import AlarmSeries
from pdm.records.event import Event, Kind, Severity

TIME = "2026-01-01T00:00:00Z"


@pytest.fixture
def registry() -> CollectorRegistry:
    """A registry of the test's own."""
    return CollectorRegistry()


def _event(
    name: str, revision: int = 1, kind: Kind = Kind.RAISE, severity: Severity = Severity.ALARM,
    score: float = 2.0, asset: str = "", run: str = "",
) -> Event:  # fmt: skip
    asset = asset or name
    return Event(name, revision, asset, "", kind, "drift", severity, TIME, TIME, score, score, (), run=run)


def _scores(registry: CollectorRegistry) -> dict[str, float]:
    return {
        sample.labels["asset"]: sample.value
        for family in registry.collect()
        for sample in family.samples
        if sample.name == "pdm_asset_anomaly_score"
    }


def _active(registry: CollectorRegistry) -> dict[str, float]:
    counts: Counter[str] = Counter()
    for severity in Severity:
        counts[severity] = registry.get_sample_value("pdm_active_anomalies", {"severity": severity})  # type: ignore[assignment]
    return {severity: count for severity, count in counts.items() if count}


def test_nothing_is_active_at_first(registry: CollectorRegistry) -> None:
    """Four zeros, and no machine."""
    AlarmSeries(registry)
    assert registry.get_sample_value("pdm_active_anomalies", {"severity": "critical"}) == 0.0
    assert _scores(registry) == {}


def test_data_that_do_not_come_are_no_alarm_of_the_machine(registry: CollectorRegistry) -> None:
    """A silent machine has a series of its own, no score, and counts as no active alarm."""
    series = AlarmSeries(registry)
    quiet = structs.replace(_event("pump-7", severity=Severity.WARNING, score=0.0), subject="data")
    series.observe(quiet)
    assert (_active(registry), _scores(registry)) == ({}, {})
    assert registry.get_sample_value("pdm_silent_assets") == 1
    assert registry.get_sample_value("pdm_asset_silent", {"asset": "pump-7"}) == 1
    series.observe(structs.replace(quiet, revision=2, kind=Kind.CLEAR))
    assert registry.get_sample_value("pdm_silent_assets") == 0
    assert registry.get_sample_value("pdm_asset_silent", {"asset": "pump-7"}) is None


def test_an_alarm_shows_until_it_clears(registry: CollectorRegistry) -> None:
    """With the score and the severity of its last revision."""
    series = AlarmSeries(registry)
    series.observe(_event("pump-7"))
    series.observe(_event("pump-7", 2, Kind.UPDATE, Severity.CRITICAL, 5.0))
    assert (_active(registry), _scores(registry)) == ({"critical": 1.0}, {"pump-7": 5.0})
    series.observe(_event("pump-7", 3, Kind.CLEAR))
    assert (_active(registry), _scores(registry)) == ({}, {})


def test_a_warning_that_becomes_an_alarm_is_one_series_under_its_new_severity(
    registry: CollectorRegistry,
) -> None:
    """What the alert rules look at: the alarm's series begins, and the warning's is gone."""
    series = AlarmSeries(registry)
    series.observe(_event("pump-7", severity=Severity.WARNING, score=2.75))
    series.observe(_event("pump-7", 2, Kind.UPDATE, Severity.ALARM, 3.0))
    (shown,) = [
        (sample.labels, sample.value)
        for family in registry.collect()
        for sample in family.samples
        if sample.name == "pdm_asset_anomaly_score"
    ]
    assert shown == ({"asset": "pump-7", "severity": "alarm"}, 3.0)


def test_what_is_delivered_again_reopens_nothing(registry: CollectorRegistry) -> None:
    """Events are delivered at least once, and in a replay all of them."""
    series = AlarmSeries(registry)
    events = [_event("pump-7"), _event("pump-7", 2, Kind.UPDATE), _event("pump-7", 3, Kind.CLEAR)]
    for event in [*events, *events, events[0]]:
        series.observe(event)
    assert _active(registry) == {}


def test_a_replay_is_nobodys_alarm(registry: CollectorRegistry) -> None:
    """Recorded data in a run of their own do not call an operator."""
    AlarmSeries(registry).observe(_event("pump-7", run="replay-1"))
    assert _active(registry) == {}


def test_a_machine_with_two_alarms_shows_the_worse(registry: CollectorRegistry) -> None:
    """Severity first, then the score."""
    series = AlarmSeries(registry)
    series.observe(_event("a", severity=Severity.CRITICAL, score=1.5, asset="pump-7"))
    series.observe(_event("b", severity=Severity.NOTICE, score=9.0, asset="pump-7"))
    assert _scores(registry) == {"pump-7": 1.5}
    assert _active(registry) == {"critical": 1.0, "notice": 1.0}


def test_of_too_many_machines_the_worst_are_shown(registry: CollectorRegistry) -> None:
    """All are counted, and the one that clears makes room for the next."""
    series = AlarmSeries(registry, most=2)
    for score in (1.0, 3.0, 2.0):
        series.observe(_event(f"fan-{score:.0f}", score=score))
    assert (_scores(registry), _active(registry)) == ({"fan-3": 3.0, "fan-2": 2.0}, {"alarm": 3.0})
    series.observe(_event("fan-3", 2, Kind.CLEAR))
    assert _scores(registry) == {"fan-2": 2.0, "fan-1": 1.0}


def test_cleared_alarms_are_not_remembered_for_ever(
    registry: CollectorRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest are forgotten, so that a year of alarms does not fill the memory."""
    monkeypatch.setattr(alarm_series, "REMEMBERED", 2)
    series = AlarmSeries(registry)
    for name in ("a", "b", "c"):
        series.observe(_event(name, 1, Kind.CLEAR))
    series.observe(_event("c"))
    assert _active(registry) == {}
    series.observe(_event("a"))
    assert _active(registry) == {"alarm": 1.0}
