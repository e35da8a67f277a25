"""`pdmctl status`: a person's first look."""

import json
import time
from pathlib import Path

from click.testing import CliRunner

from pdm.cli.main import main
from pdm.supervision import record
from pdm.supervision.record import ServiceRecord


def running(folder: Path) -> str:
    """Write the record of a service of which one process waits to be started again."""
    since = {"gateway": time.time() - 7_300}
    one = ServiceRecord(
        1,
        "127.0.0.1:1",
        "http://127.0.0.1:1",
        str(folder),
        {"gateway": 71},
        {},
        {"gateway": 0, "align": 3},
        {"align": 1},
        since,
    )
    record.write(folder, one)
    return str(folder)


def test_each_process_is_shown_with_its_restarts(tmp_path: Path) -> None:
    """Status 1, since nothing is well here: no gateway answers and a worker waits."""
    result = CliRunner(env={"COLUMNS": "200"}).invoke(main, ["status", "--data-dir", running(tmp_path)])
    rows = [[c.strip() for c in line.strip("│").split("│")] for line in result.stdout.splitlines()]
    (gateway,) = [row for row in rows if row[0] == "gateway"]
    (align,) = [row for row in rows if row[0] == "align"]
    assert (gateway[1], gateway[3]) == ("71", "2 h 1 min")
    assert (align[1], align[4:6]) == ("waits", ["3", "1"])
    assert result.exit_code == 1
    assert "is not ready (http" in result.stdout
    assert "does not answer" in result.stdout


def test_a_program_gets_one_object(tmp_path: Path) -> None:
    """What nobody knows is null."""
    result = CliRunner().invoke(main, ["status", "--data-dir", running(tmp_path), "--json"])
    told = json.loads(result.stdout)
    assert told["ready"] is False
    (align,) = [one for one in told["processes"] if one["name"] == "align"]
    assert align == {"name": "align", "pid": None, "since": None, "restarts": 3, "stalls": 1, "lag": None}


def test_where_nothing_runs_the_hint_says_what_to_do(tmp_path: Path) -> None:
    """An absent service is one sentence."""
    result = CliRunner().invoke(main, ["status", "--data-dir", str(tmp_path)])
    assert result.exit_code == 1
    assert "pdmctl up" in result.output
