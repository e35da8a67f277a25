"""Every PromQL expression of dashboard and alerts, asked of a real Prometheus that scrapes our metrics."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from configs import PROMETHEUS, dump, questions, rules, yaml
from programs import require
from tree import ROOT
from waiting import until

from pdm.broker.ports import free_port

SELECTOR = re.compile(r"\b(?:up|(?:pdm|process)_\w+)\b(?:\{[^}]*\})?")


class Live:
    """A running Prometheus."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def ask(self, expr: str) -> list[dict[str, Any]]:
        """Return what an expression gives now; one that is not PromQL fails the test."""
        body = self._client.get("/api/v1/query", params={"query": expr}).json()
        assert body["status"] == "success", body
        result = body["data"]["result"]
        return result if body["data"]["resultType"] == "vector" else [{"value": result}]

    def ready(self) -> bool:
        """Tell whether it can be asked: while it loads, it answers 503."""
        try:
            return self._client.get("/-/ready").is_success
        except httpx.TransportError:
            return False

    def scraped(self) -> bool:
        """Tell whether all processes were scraped twice, so that rates are known."""
        counts = self.ask("count_over_time(pdm_frames_total[1m]) >= 2")
        return len(counts) == len(_targets(yaml(PROMETHEUS)))


def _targets(config: dict[str, Any]) -> list[dict[str, Any]]:
    targets: list[dict[str, Any]] = config["scrape_configs"][0]["static_configs"]
    return targets


def _config(folder: Path, port: str) -> Path:
    """Write the committed configuration with our one fixture as each of its targets."""
    config = yaml(PROMETHEUS)
    config["global"].update(scrape_interval="200ms", scrape_timeout="200ms")
    del config["alerting"], config["rule_files"], config["scrape_configs"][0]["authorization"]
    for target in _targets(config):
        target["targets"] = [f"127.0.0.1:{port}"]
    dump(config, folder / "prometheus.yml")
    return folder / "prometheus.yml"


@pytest.fixture(scope="module", params=["healthy", "troubled"])
def live(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A Prometheus with some scrapes of a service in one of two states."""
    program, folder = require("prometheus"), tmp_path_factory.mktemp("prometheus")
    script = ROOT / "tests" / "fakes" / "exposed_metrics.py"
    with subprocess.Popen(
        [sys.executable, str(script), request.param],
        cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as exposed:  # fmt: skip
        assert exposed.stdout is not None
        config, address = _config(folder, exposed.stdout.readline().strip()), f"127.0.0.1:{free_port()}"
        with (folder / "log").open("wb") as log, subprocess.Popen(
            [program, f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}",
             f"--web.listen-address={address}"], stdout=log, stderr=log,
        ) as server:  # fmt: skip
            try:
                with httpx.Client(base_url=f"http://{address}", trust_env=False, timeout=30) as client:
                    found = Live(client)
                    until(found.ready, within=30)
                    until(found.scraped, within=30)
                    yield found
            finally:
                server.terminate()
                exposed.terminate()


@pytest.mark.parametrize("name", questions())
def test_a_panel_shows_data(live: Live, name: str) -> None:
    """Whether the plant is well or not: "No data" and "NaN" are for what truly is not known."""
    answer = live.ask(questions()[name].replace("$__rate_interval", "1m"))
    assert answer
    assert "NaN" not in [sample["value"][1] for sample in answer]


def test_a_healthy_plant_raises_no_alert(live: Live) -> None:
    """But for the readings that nobody sends here; a troubled one names its machines."""
    firing = {rule["alert"] for rule in rules() if live.ask(rule["expr"])}
    troubled = (
        {"MachineCritical", "MachineAlarm", "MachineSilent"} if live.ask("pdm_asset_anomaly_score") else set()
    )
    assert firing == {"NoReadings"} | troubled


def test_an_alert_asks_for_series_that_exist(live: Live) -> None:
    """A typing error in a name or a label would make an alert that never fires."""
    if not live.ask("pdm_asset_anomaly_score"):
        assert live.ask("pdm_active_anomalies")
        return
    selectors = {selector for rule in rules() for selector in SELECTOR.findall(rule["expr"])}
    silent = {selector for selector in selectors if not live.ask(f"count({selector})")}
    assert silent == set()
