"""How often the supervisor has started its processes again, as series, made at the scrape."""

from collections.abc import Iterator
from pathlib import Path

from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import REGISTRY, Collector, CollectorRegistry

from pdm.supervision import record


class RestartSeries(Collector):
    """Reads what the supervisor of a data directory says; without a supervisor there are no series.

    The supervisor serves nothing itself: who asks the gateway learns it from there.
    """

    def __init__(self, data_dir: Path, registry: CollectorRegistry = REGISTRY) -> None:
        self._data_dir = data_dir
        registry.register(self)

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Give the restarts of each process by their reason: it had ended, or it made no progress."""
        family = CounterMetricFamily(
            "pdm_process_restarts",
            "Processes started again by their supervisor, by why.",
            labels=["process", "reason"],
        )
        running = record.read(self._data_dir)
        if running is not None:
            for reason, counts in (("ended", running.restarts), ("stalled", running.stalls)):
                for name, count in counts.items():
                    family.add_metric([name, reason], count)
        yield family
