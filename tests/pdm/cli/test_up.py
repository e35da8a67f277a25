"""`pdmctl up` as its users start and end it, with stubs for its processes."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from waiting import until

from pdm.broker.embedded import EmbeddedKafka
from pdm.supervision.readiness import is_ready
from pdm.supervision.service import COMMANDS

pytestmark = pytest.mark.broker

STUB = Path(__file__).parents[2] / "fakes" / "stub_process.py"

START = f"""
import os, sys
from pdm.cli.up import run
from pdm.settings import read
from pdm.supervision.service import COMMANDS
stubs = {{name: (sys.executable, {str(STUB)!r}, name, sys.argv[1]) for name in COMMANDS}}
run(read(os.environ), embedded=not os.environ.get("PDM_BOOTSTRAP"), commands=stubs)
"""


@contextmanager
def up(folder: Path, bootstrap: str = "") -> Iterator[subprocess.Popen[str]]:
    """Start it in this folder on a free port, and give it when it is ready."""
    environ = {"PDM_DATA_DIR": str(folder / "data"), "PDM_HTTP": "127.0.0.1:0", "PDM_BOOTSTRAP": bootstrap}
    with subprocess.Popen(
        [sys.executable, "-c", START, str(folder / "journal")],
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def ready_url(process: subprocess.Popen[str]) -> str:
    """Wait for the line that says where it is."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("ready: http://127.0.0.1:")
    return line.split()[1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order_with_status_0(
    tmp_path: Path, kafka: EmbeddedKafka, number: signal.Signals
) -> None:
    """All processes got their SIGTERM, gateway first, and the record is gone."""
    with up(tmp_path, kafka.bootstrap) as process:
        assert is_ready(ready_url(process))
        assert (tmp_path / "data" / "run" / "service.json").exists()
        process.send_signal(number)
        assert process.wait(60) == 0
    lines = (tmp_path / "journal").read_text().splitlines()
    order = ("gateway", "ingest", "align", "monitor", "advisor", "recorder", "historian")
    assert [line for line in lines if line.startswith("stop")] == [f"stop {name}" for name in order]
    assert not (tmp_path / "data" / "run" / "service.json").exists()


def test_killed_it_leaves_no_orphan_and_starts_again(tmp_path: Path) -> None:
    """SIGKILL of `up` ends broker and processes too, and the same folder serves again at once."""
    with up(tmp_path) as process:
        ready_url(process)
        pids = json.loads((tmp_path / "data" / "run" / "service.json").read_text())["pids"]
        assert len(pids) == len(COMMANDS) + 1
        process.kill()
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids.values()))
    with up(tmp_path) as process:
        assert is_ready(ready_url(process))
        process.terminate()
        assert process.wait(60) == 0


def test_a_signal_during_the_start_ends_it_too(tmp_path: Path) -> None:
    """The broker that was just starting is stopped, and the folder is free again."""
    with up(tmp_path) as process:
        until((tmp_path / "data" / "kafka" / "kafka.log").exists)
        process.terminate()
        assert process.wait(60) == 0
    with EmbeddedKafka(tmp_path / "data" / "kafka"):
        pass
