"""The alarms that are active now, as series: made at the scrape, gone with the alarm, never too many."""

import heapq
from collections import Counter
from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import REGISTRY, Collector, CollectorRegistry

from pdm.records.event import DATA, MACHINE, SENSOR, Event, Kind, Severity
from pdm.records.sensor import SensorFault

MOST = 200
"""Series named after a machine; beyond these the mildest are left out, and the counts still tell all."""

REMEMBERED = 10_000
"""Cleared alarms that are known by id, so that a raise delivered again does not reopen one."""

RANK = {severity: rank for rank, severity in enumerate(Severity)}


class AlarmSeries(Collector):
    """Counts active alarms by severity, and gives each machine in alarm its worst score.

    Fed by the one process that sees every event, which first feeds it the open alarms of the store.
    Only the live plant counts: a replay's alarms are nobody's to act on. Data that do not come are counted
    for themselves: they say nothing about the machine. So are sensors that something is wrong with.
    """

    def __init__(self, registry: CollectorRegistry = REGISTRY, most: int = MOST) -> None:
        self._open: dict[str, Event] = {}
        self._cleared: dict[str, int] = {}
        self._most = most
        registry.register(self)

    def observe(self, event: Event) -> None:
        """Take in one revision; an older one than known changes nothing, as in the store."""
        if event.run or event.revision <= self._known(event.id):
            return
        if event.kind is Kind.CLEAR:
            self._open.pop(event.id, None)
            self._cleared[event.id] = event.revision
            if len(self._cleared) > REMEMBERED:
                del self._cleared[next(iter(self._cleared))]
        else:
            self._open[event.id] = event

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield all families; called by the registry at a scrape, in any thread."""
        opened = list(self._open.values())
        alarms = [event for event in opened if event.subject == MACHINE]
        faults = Counter(event.cause for event in opened if event.subject == SENSOR)
        sensors = GaugeMetricFamily(
            "pdm_active_sensor_faults", "Sensors that something is wrong with now.", labels=["fault"]
        )
        for fault in SensorFault:
            sensors.add_metric([fault], faults[fault])
        yield sensors
        counts = Counter(event.severity for event in alarms)
        active = GaugeMetricFamily("pdm_active_anomalies", "Alarms that are active now.", labels=["severity"])
        for severity in Severity:
            active.add_metric([severity], counts[severity])
        yield active
        scores = GaugeMetricFamily(
            "pdm_asset_anomaly_score",
            "Score of a machine in alarm, 1 being the decision line; with the severity of its worst alarm.",
            labels=["asset", "severity"],
        )
        for event in heapq.nlargest(self._most, _worst(alarms), key=_badness):
            scores.add_metric([event.asset, event.severity], event.score)
        yield scores
        yield from self._silences([event.asset for event in opened if event.subject == DATA])

    def _silences(self, silent: list[str]) -> Iterator[GaugeMetricFamily]:
        """Yield how many machines deliver nothing, and which."""
        assets = sorted(set(silent))
        yield GaugeMetricFamily("pdm_silent_assets", "Machines of which no data come.", value=len(assets))
        each = GaugeMetricFamily(
            "pdm_asset_silent", "1 for a machine of which no data come.", labels=["asset"]
        )
        for asset in assets[: self._most]:
            each.add_metric([asset], 1)
        yield each

    def _known(self, event_id: str) -> int:
        known = self._open.get(event_id)
        return known.revision if known else self._cleared.get(event_id, 0)


def _worst(alarms: list[Event]) -> list[Event]:
    """Keep one alarm for each machine."""
    worst: dict[str, Event] = {}
    for event in alarms:
        if event.asset not in worst or _badness(event) > _badness(worst[event.asset]):
            worst[event.asset] = event
    return list(worst.values())


def _badness(event: Event) -> tuple[int, float, str]:
    return RANK[event.severity], event.score, event.asset
