"""Reads the files of `deploy/` as the programs that use them would."""

import json
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from tree import ROOT

COMPOSE = ROOT / "docker-compose.yml"
PROMETHEUS = ROOT / "deploy" / "prometheus" / "prometheus.yml"
RULES = ROOT / "deploy" / "prometheus" / "rules.yml"
DASHBOARD = ROOT / "deploy" / "grafana" / "dashboards" / "plant.json"


def yaml(path: Path) -> Any:
    """Return what a YAML file says, merges and anchors resolved."""
    return YAML(typ="safe", pure=True).load(path.read_text("utf-8"))


def dump(value: Any, path: Path) -> None:
    """Write a value as YAML; JSON is YAML."""
    path.write_text(json.dumps(value), "utf-8")


def rules() -> list[dict[str, Any]]:
    """Return all alerting rules."""
    return [rule for group in yaml(RULES)["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    """Return all panels of the dashboard that show something."""
    found: list[dict[str, Any]] = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
    return [panel for panel in found if panel["type"] != "row"]


def questions() -> dict[str, str]:
    """Return every expression of the dashboard, by panel and letter."""
    return {
        f"{panel['title']} {target['refId']}": target["expr"]
        for panel in panels()
        for target in panel["targets"]
    }
