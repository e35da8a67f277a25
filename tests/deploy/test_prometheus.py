"""Prometheus and Alertmanager: their own tools accept our files, and every alert leads somewhere."""

import re
import subprocess

import pytest
from configs import PROMETHEUS, RULES, questions, rules, yaml
from programs import require
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.registry import REGISTRY
from tree import ROOT

from pdm import metrics
from pdm.alarm_series import AlarmSeries

TESTS = RULES.with_name("rules.test.yml")
FROM_THE_CLIENT = {"process_start_time_seconds", "process_resident_memory_bytes"}


def _run(*command: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [require(command[0]), *command[1:]],
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "command",
    [
        ("promtool", "check", "config", "--syntax-only", str(PROMETHEUS)),
        ("promtool", "check", "rules", str(RULES)),
        ("promtool", "test", "rules", str(TESTS)),
        ("amtool", "check-config", str(ROOT / "deploy" / "alertmanager" / "alertmanager.yml")),
    ],
    ids=lambda command: " ".join(command[:3]) if command[0] == "promtool" else command[0],
)
def test_the_tool_accepts_the_file(command: tuple[str, ...]) -> None:
    """With `test rules` the alerts fire where they must, and only there; the secret is on no disk of ours."""
    done = _run(*command)
    assert done.returncode == 0, done.stdout + done.stderr


def _defined() -> set[str]:
    """Name every sample that our processes expose."""
    anomalies = CollectorRegistry()
    AlarmSeries(anomalies)
    names = set()
    for family in (*REGISTRY.collect(), *anomalies.collect()):
        if family.name.startswith("pdm_"):
            suffixes = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}
            names |= {family.name + suffix for suffix in suffixes.get(family.type, [""])}
    return names | FROM_THE_CLIENT


def test_expressions_use_our_metrics_only() -> None:
    """A metric that was renamed would leave a panel empty, and an alert silent."""
    assert "pdm_readings_total" in _defined()
    expressions = [*questions().values(), *(rule["expr"] for rule in rules())]
    used = {name for expr in expressions for name in re.findall(r"\b(?:pdm|process)_\w+", expr)}
    assert used - _defined() == set()


def test_the_metrics_follow_the_conventions() -> None:
    """promtool knows them: base units, help texts, names of counters."""
    metrics.PROGRESS.labels("align").set(1.0)
    anomalies = CollectorRegistry()
    AlarmSeries(anomalies)
    page = generate_latest(REGISTRY).decode() + generate_latest(anomalies).decode()
    done = _run("promtool", "check", "metrics", text=page)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_an_alert_says_what_and_where_to_read_on(rule: dict[str, dict[str, str]]) -> None:
    """A severity, two sentences, and a section of the runbook that exists."""
    assert rule["labels"]["severity"] in {"info", "warning", "critical"}
    assert rule["annotations"]["summary"]
    assert rule["annotations"]["description"].endswith(".")
    page, anchor = rule["annotations"]["runbook"].split("#")
    headings = re.findall(r"^## (.+)$", (ROOT / page).read_text("utf-8"), re.MULTILINE)
    assert anchor in [heading.lower().replace(" ", "-") for heading in headings]


def test_every_alert_has_a_test() -> None:
    """One that fires, and not just one that is silent."""
    cases = [case for test in yaml(TESTS)["tests"] for case in test["alert_rule_test"]]
    assert {case["alertname"] for case in cases if case["exp_alerts"]} == {rule["alert"] for rule in rules()}


def test_the_runbook_has_no_section_without_an_alert() -> None:
    """What is left over from an alert that is gone leads nowhere."""
    headings = re.findall(r"^## (.+)$", (ROOT / "docs" / "runbook.md").read_text("utf-8"), re.MULTILINE)
    assert headings == [rule["alert"] for rule in rules()]
