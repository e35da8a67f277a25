"""The pages of an evaluation and of a diff: whole in themselves, every run drawn, nothing unescaped."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec import structs
from rigs import rig, rig_folder

from pdm.chain.detection.kit import Kit
from pdm.cli.diff import diff
from pdm.cli.evaluate import evaluate
from pdm.evaluate.detection import compare
from pdm.evaluate.material import logged
from pdm.evaluate.page import detection_page
from pdm.evaluate.picture import Pictured
from pdm.plant.load import load


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two runs with a fault each and a normal stream."""
    (tmp_path / "runs").mkdir()
    return rig_folder(tmp_path / "runs")


def test_an_evaluation_draws_every_run(tmp_path: Path, folder: Path) -> None:
    """Each run has its signal, its score, its label and its alarm; nothing comes from outside."""
    page = tmp_path / "page.html"
    told = CliRunner().invoke(evaluate, ["detection", "--data", str(folder), "--report", str(page)])
    assert told.exit_code == 0, told.output
    text = page.read_text("utf-8")
    assert text.count("<article") == 3
    assert text.count('class="signal"') == text.count('class="score"') == 3
    assert text.count('class="raise"') == 4
    assert not re.search(r"https?://|<script|<link|<img|@import", text)
    assert "prefers-color-scheme: dark" in text


def test_a_diff_draws_the_base_beside_the_head(tmp_path: Path, folder: Path) -> None:
    """Alarms of the base are dashed lines; a record cannot be drawn as the head."""
    base, page = tmp_path / "base.json", tmp_path / "page.html"
    where = ["--incidents", str(folder), "--report", str(page)]
    assert CliRunner().invoke(diff, ["record", "--out", str(base), *where[:2]]).exit_code == 0
    assert CliRunner().invoke(diff, [str(base), "now", *where]).exit_code == 0
    assert page.read_text("utf-8").count('class="before"') == 4
    assert CliRunner().invoke(diff, [str(base), str(base), *where]).exit_code == 2


def test_names_are_escaped() -> None:
    """A folder or a machine may be called anything."""
    plant, signals = load(None), structs.replace(rig(), asset="<b>", group="a & <i>")
    found = logged(signals, plant).judge(Kit(plant))
    text = detection_page(compare([found.run], ["<u>"]), [Pictured(signals, found)], "<title>")
    assert "<b>" not in text.replace("<b>accel", "").replace("<b>flow", "").replace("<b>score", "")
    assert "a &amp; &lt;i&gt;" in text
    assert "<u>" not in text
