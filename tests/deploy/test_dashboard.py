"""The dashboard: generated, whole, and in an operator's words."""

import runpy
import sys
from itertools import combinations
from typing import Any

import pytest
from configs import DASHBOARD, panels
from tree import ROOT

GENERATOR = ROOT / "deploy" / "grafana" / "generate.py"


# The newer form that the builders prefer is not yet what Grafana reads from files everywhere.
@pytest.mark.filterwarnings("ignore:Prefer using dashboardv2:DeprecationWarning")
def test_the_committed_dashboard_is_what_the_generator_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Byte for byte; after a change of the questions `make dashboard` writes it again."""
    monkeypatch.setattr(sys, "path", [str(GENERATOR.parent), *sys.path])
    assert runpy.run_path(str(GENERATOR))["rendered"]() == DASHBOARD.read_text("utf-8")


@pytest.mark.parametrize("panel", panels(), ids=lambda panel: panel["title"])
def test_a_panel_explains_itself(panel: dict[str, Any]) -> None:
    """A title, a description, a unit, thresholds, and the data source of the reader's choice."""
    defaults = panel["fieldConfig"]["defaults"]
    assert panel["title"]
    assert panel["description"].endswith(".")
    assert defaults["unit"]
    assert defaults["thresholds"]["steps"]
    assert defaults["noValue"] != "No data"
    assert {target["datasource"]["uid"] for target in panel["targets"]} == {"${datasource}"}


@pytest.mark.parametrize("panel", panels(), ids=lambda panel: panel["title"])
def test_a_panel_asks_for_rates_as_grafana_can_scale_them(panel: dict[str, Any]) -> None:
    """A fixed window would lie when zoomed out; the two that name their window in words are meant so."""
    for target in panel["targets"]:
        fixed = "[5m]" in target["expr"] or "[1h]" in target["expr"]
        named = "five minutes" in panel["description"] or "last hour" in panel["description"]
        assert not fixed or named


def test_panels_do_not_cover_one_another() -> None:
    """Each has its place on the grid of 24 columns, and titles are said once."""
    assert len({panel["title"] for panel in panels()}) == len(panels())
    places = [panel["gridPos"] for panel in panels()]
    assert all(place["x"] + place["w"] <= 24 for place in places)
    for a, b in combinations(places, 2):
        beside = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
        below = a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]
        assert beside or below
