"""Tables: in a pipe every row is one line and every name whole."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from tree import python_files

from pdm.cli.main import main
from pdm.cli.tables import print_table

NAME = "n" * 128


def test_a_long_row_is_one_line_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is cut, and nothing wrapped, however long the text in it is."""
    text = " ".join(["Check it soon."] * 200)
    print_table(("asset", "advice", "id"), [(NAME, text, NAME)], "None.")
    head, row = capsys.readouterr().out.splitlines()
    assert head.split() == ["asset", "advice", "id"]
    assert head.endswith("id")
    assert row.split("  ") == [NAME, text, NAME]


def test_a_plant_file_with_long_names_is_shown_whole_in_a_pipe(tmp_path: Path) -> None:
    """Also where the environment still tells the width of some terminal."""
    written = tmp_path / "plant.toml"
    written.write_text(
        f'[[machines]]\nasset = "{NAME}"\n[machines.channels.{NAME}]\nquantity = "pressure"\nunit = "bar"\n'
        "limits = { low = 1, high = 6, high_high = 8 }\n"
    )
    found = CliRunner(env={"COLUMNS": "40"}).invoke(main, ["plant", "check", str(written)])
    (row,) = (line for line in found.stdout.splitlines() if NAME in line)
    assert row.count(NAME) == 2
    assert "low 1 bar, high 6 bar, high high 8 bar" in row


def test_every_command_prints_through_that_console() -> None:
    """A console of a command's own would cut names again."""
    own = [
        path.name for path in python_files("pdm/cli") if re.search(r"\bConsole\(", path.read_text("utf-8"))
    ]
    assert own == ["tables.py"]
