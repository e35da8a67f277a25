"""`pdmctl novelty` on one file."""

import csv
from pathlib import Path

import numpy as np
from click.testing import CliRunner

from pdm.cli.novelty import novelty


def signal(path: Path) -> Path:
    """Write six hundred quiet minutes with one spike at 08:20."""
    values = np.random.default_rng(0).normal(10.0, 1.0, 600)
    values[500] += 40.0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("timestamp", "value"))
        writer.writerows((f"2026-01-01 {row // 60:02}:{row % 60:02}:00", v) for row, v in enumerate(values))
    return path


def test_people_see_what_is_new(tmp_path: Path) -> None:
    """The spike with its time and value, and nothing else after learning."""
    shown = CliRunner().invoke(novelty, [str(signal(tmp_path / "load.csv"))])
    assert shown.exit_code == 0, shown.output
    assert "2026-01-01 08:20:00" in shown.stdout


def test_programs_get_every_row(tmp_path: Path) -> None:
    """As many rows as in the file; the flagged ones are above the line."""
    shown = CliRunner().invoke(novelty, [str(signal(tmp_path / "load.csv")), "--csv", "--line", "2"])
    rows = list(csv.DictReader(shown.stdout.splitlines()))
    assert len(rows) == 600
    assert rows[500]["flag"] == "1"
    assert all(float(row["score"]) >= 1.0 for row in rows if row["flag"] == "1")


def test_a_wide_line_flags_nothing(tmp_path: Path) -> None:
    """The line is the user's."""
    shown = CliRunner().invoke(novelty, [str(signal(tmp_path / "load.csv")), "--line", "100"])
    assert "Nothing new" in shown.stdout
