"""`pdmctl diff`: the incidents that ship against what is known of them, and changes that must be seen."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from rigs import rig_folder

from pdm.cli.diff import diff
from pdm.simulator.faults import MACHINE_FAULTS

ROOT = Path(__file__).parents[3]
KNOWN = ROOT / "bench" / "incidents.json"
ADVICE = """
What this version says about the recorded incidents takes something from people:
{told}
If that is wanted, accept it, and commit the file with the reason:
    .venv/bin/pdmctl diff bench/incidents.json now --accept
"""


def test_no_recorded_failure_is_lost() -> None:
    """Every failure that was found is found, with at least nine tenths of its lead time."""
    result = CliRunner().invoke(diff, [str(KNOWN), "now"])
    assert result.exit_code == 0, ADVICE.format(told=result.stdout)
    known = json.loads(KNOWN.read_bytes())
    kinds = {(one["name"].split("-")[0], one["fault"]) for one in known["incidents"] if one["fault"]}
    assert kinds == {(name, fault) for name, faults in MACHINE_FAULTS.items() for fault in faults}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two runs with a fault each and a normal stream."""
    (tmp_path / "incidents").mkdir()
    return rig_folder(tmp_path / "incidents")


def deaf(tmp_path: Path) -> Path:
    """Write a plant file in which a flow may do what it likes."""
    path = tmp_path / "deaf.toml"
    path.write_text(
        '[classes.water-pump-rig.channels.flow]\nquantity = "flow"\nunit = "l/min"\n'
        "allowance = { relative = 0.9, absolute = 9.0 }\n"
    )
    return path


def test_a_deaf_plant_file_is_red(tmp_path: Path, folder: Path) -> None:
    """The failures it no longer finds are named, the status is 1; JSON says the same."""
    base, head = tmp_path / "base.json", deaf(tmp_path)
    recorded = CliRunner().invoke(diff, ["record", "--out", str(base), "--incidents", str(folder)])
    assert recorded.exit_code == 0, recorded.output
    shown = CliRunner().invoke(diff, [str(base), str(head), "--incidents", str(folder)])
    assert shown.exit_code == 1
    assert "RED: the failure of other-1 is no longer found" in shown.stdout
    told = CliRunner().invoke(diff, ["--json", "now", str(head), "--incidents", str(folder)])
    assert told.exit_code == 1
    assert json.loads(told.stdout)["lost"] == ["other-1", "valve1-1"]


def test_a_change_is_accepted(tmp_path: Path, folder: Path) -> None:
    """It becomes the record, and is the same as itself from then on."""
    base, head, where = tmp_path / "base.json", str(deaf(tmp_path)), ["--incidents", str(folder)]
    CliRunner().invoke(diff, ["record", "--out", str(base), *where])
    assert CliRunner().invoke(diff, [str(base), head, "--accept", *where]).exit_code == 0
    assert CliRunner().invoke(diff, [str(base), head, *where]).exit_code == 0
    assert CliRunner().invoke(diff, ["now", head, "--accept", *where]).exit_code == 2


def test_what_is_no_record_is_refused(tmp_path: Path) -> None:
    """A file of another kind, or of another form, is named with the reason."""
    wrong = tmp_path / "wrong.json"
    wrong.write_text("[]")
    other = tmp_path / "other.json"
    other.write_text('{"form": 9, "source": "", "incidents": []}')
    assert "not a record" in str(CliRunner().invoke(diff, [str(wrong), str(wrong)]).exception)
    assert "form 9" in str(CliRunner().invoke(diff, [str(other), str(other)]).exception)
