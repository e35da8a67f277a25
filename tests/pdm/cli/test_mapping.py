"""`pdmctl mapping try`: what becomes of each line, before anything is sent."""

import json
from pathlib import Path

from click.testing import CliRunner

from pdm.cli.main import main

LINES = "vibration,machine=a,unit=mm/s value=2.3\nweather t=3\n"


def test_a_file_is_told_line_by_line(tmp_path: Path) -> None:
    """A table for people, with counts at its end; status 1 where anything is refused."""
    file = tmp_path / "lines.txt"
    file.write_text(LINES)
    shown = CliRunner().invoke(main, ["mapping", "try", str(file)])
    assert shown.exit_code == 1
    assert "no rule fits measurement 'weather'" in shown.stdout
    assert shown.stdout.endswith("accepted 1, refused 1, ignored 0\n")


def test_programs_get_one_object_and_rules_come_from_the_plant_file(tmp_path: Path) -> None:
    """Also from standard input."""
    plant = tmp_path / "plant.toml"
    plant.write_text('[[mappings]]\nmeasurement = "weather"\nasset = "roof"\nunit = "°C"\n')
    told = CliRunner().invoke(
        main, ["mapping", "try", "-", "--plant", str(plant), "--precision", "s", "--json"], input=LINES
    )
    assert told.exit_code == 0
    found = json.loads(told.stdout)
    assert (found["accepted"], found["refused"]) == (2, 0)
    assert found["lines"][1]["rule"] == "rule 1"


def test_telemetry_is_tried_likewise(tmp_path: Path) -> None:
    """With the machine on the command line."""
    file = tmp_path / "telemetry.json"
    file.write_text('{"temperature": 42}')
    told = CliRunner().invoke(main, ["mapping", "try", str(file), "--telemetry", "--asset", "a", "--json"])
    assert told.exit_code == 1
    assert "no unit for a temperature" in json.loads(told.stdout)["lines"][0]["detail"]
