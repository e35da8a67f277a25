"""`pdmctl plant check`: what is in the file, or the line that is wrong."""

import json
from pathlib import Path

from click.testing import CliRunner

from pdm.cli.main import main

EXAMPLE = Path(__file__).parents[3] / "docs" / "plant.example.toml"


def test_a_good_file_is_summed_up() -> None:
    """Counts for programs, a table for people, with limits in their units."""
    found = CliRunner().invoke(main, ["plant", "check", str(EXAMPLE), "--json"])
    assert found.exit_code == 0
    answer = json.loads(found.stdout)
    assert (answer["ok"], answer["machines"], answer["sources"]) == (True, 2, 2)
    shown = CliRunner(env={"COLUMNS": "200"}).invoke(main, ["plant", "check", str(EXAMPLE)])
    assert shown.exit_code == 0
    assert "high 4.5 mm/s, high high 7.1 mm/s" in shown.stdout


def test_limits_are_told_in_the_unit_of_the_file(tmp_path: Path) -> None:
    """What was written as kPa is read as kPa."""
    written = tmp_path / "plant.toml"
    written.write_text(
        '[[machines]]\nasset = "p"\n[machines.channels.outlet]\nquantity = "pressure"\nunit = "kPa"\n'
        "limits = { high = 600 }\n"
    )
    assert "high 600 kPa" in CliRunner().invoke(main, ["plant", "check", str(written)]).stdout


def test_a_wrong_file_says_its_line(tmp_path: Path) -> None:
    """Status 1, the line and the reason, for people and for programs."""
    wrong = tmp_path / "plant.toml"
    wrong.write_text("[plant]\nname = 'x'\nfraem = '1 s'\n")
    told = CliRunner().invoke(main, ["plant", "check", str(wrong)])
    assert told.exit_code == 1
    assert "plant.toml:3: unknown key 'fraem'" in told.output
    machine = CliRunner().invoke(main, ["plant", "check", str(wrong), "--json"])
    assert machine.exit_code == 1
    assert json.loads(machine.stdout)["line"] == 3
