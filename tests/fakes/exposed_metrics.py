"""Run as a script: exposes all our metrics on a free port, as a healthy or as a troubled service would.

    python exposed_metrics.py healthy|troubled

Prints the port, and ends when its standard input does.
"""

import sys
import time

from msgspec import structs

from pdm import metrics
from pdm.alarm_series import AlarmSeries
from pdm.records.event import DATA, Event, Kind, Severity


def main(state: str) -> None:
    """Expose until the end of the input."""
    series = AlarmSeries()
    for stage in metrics.STAGES:
        metrics.PROGRESS.labels(stage).set(time.time())
        metrics.LAG.labels(stage, "0").set(0)
    if state == "troubled":
        series.observe(_alarm("pump-7", Severity.CRITICAL))
        series.observe(_alarm("fan-2", Severity.ALARM))
        series.observe(structs.replace(_alarm("pump-9", Severity.WARNING), subject=DATA))
    sys.stdout.write(f"{metrics.serve('127.0.0.1', 0)}\n")
    sys.stdout.flush()
    sys.stdin.read()


def _alarm(asset: str, severity: Severity) -> Event:
    began = "2026-01-01T00:00:00Z"
    return Event(f"{asset}-1", 1, asset, "", Kind.RAISE, "drift", severity, began, began, 2.5, 2.5, ())


if __name__ == "__main__":
    main(sys.argv[1])
