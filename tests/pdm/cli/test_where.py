"""Which broker a command talks to."""

from pathlib import Path

import pytest

from pdm.cli.where import bootstrap
from pdm.errors import BrokerError
from pdm.supervision import record
from pdm.supervision.record import ServiceRecord


def test_what_is_said_comes_first_then_the_service_then_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The nearer a word is to the command, the more it counts."""
    monkeypatch.setenv("PDM_BOOTSTRAP", "environment:1")
    assert bootstrap(None, None) == "environment:1"
    assert bootstrap(None, tmp_path) == "environment:1"
    record.write(tmp_path, ServiceRecord(1, "service:1", "http://x", str(tmp_path)))
    assert bootstrap(None, tmp_path) == "service:1"
    assert bootstrap("said:1", tmp_path) == "said:1"


def test_without_any_the_error_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the options, or the file that is not there."""
    monkeypatch.delenv("PDM_BOOTSTRAP", raising=False)
    with pytest.raises(BrokerError, match="Say --bootstrap HOST:PORT"):
        bootstrap(None, None)
    with pytest.raises(BrokerError, match=f"no service runs in {tmp_path}"):
        bootstrap(None, tmp_path)
