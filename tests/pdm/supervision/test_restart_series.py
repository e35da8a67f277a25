"""The supervisor's restarts as series of the gateway."""

from pathlib import Path

from prometheus_client.registry import CollectorRegistry

from pdm.supervision import record
from pdm.supervision.record import ServiceRecord
from pdm.supervision.restart_series import RestartSeries


def test_restarts_are_told_by_process_and_reason(tmp_path: Path) -> None:
    """Those of now, at each scrape; nothing where nobody supervises."""
    registry = CollectorRegistry()
    RestartSeries(tmp_path, registry)
    align = {"process": "align", "reason": "ended"}
    assert registry.get_sample_value("pdm_process_restarts_total", align) is None
    one = ServiceRecord(1, "", "", "", restarts={"align": 3}, stalls={"align": 1})
    record.write(tmp_path, one)
    assert registry.get_sample_value("pdm_process_restarts_total", align) == 3
    stalled = {"process": "align", "reason": "stalled"}
    assert registry.get_sample_value("pdm_process_restarts_total", stalled) == 1
