"""`pdmctl audit flow`."""

import json

import pytest
from click.testing import CliRunner

from pdm.broker.flow import Counted
from pdm.cli import audit
from pdm.cli.main import main
from pdm.records.flow import Flow

FLOW = Flow((4, 4, 4, 4), 20, 1, framed=10, open=2, late=3, duplicates=4, conflicts=1)


def run(monkeypatch: pytest.MonkeyPatch, found: Counted, *options: str) -> tuple[int, str]:
    """Run the command on what a broker would say."""
    monkeypatch.setattr(audit, "count", lambda *_: [found])
    result = CliRunner().invoke(main, ["audit", "flow", "--bootstrap", "127.0.0.1:1", *options])
    return result.exit_code, result.stdout


def test_a_balanced_account_names_every_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    """Status 0, and one object for a program."""
    status, text = run(monkeypatch, Counted(0, FLOW, 20, 1, 0, 3), "--json")
    told = json.loads(text)
    assert status == 0
    assert (told["balanced"], told["unexplained"], told["waiting"]) == (True, 0, 3)
    assert told["stages"]["align"] == {
        "read": 20,
        "framed": 10,
        "open": 2,
        "late": 3,
        "duplicate": 4,
        "conflict": 1,
        "dead_letter": 1,
    }


def test_a_lost_reading_is_named_and_ends_with_status_1(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a person in words, for a script by the status."""
    status, text = run(monkeypatch, Counted(0, FLOW, 21, 1, 0, 0))
    assert status == 1
    assert "unexplained: 1" in text
    assert "balanced: no" in text
