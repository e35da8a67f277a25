"""One supervised process."""

import logging
import sys
from pathlib import Path

import pytest
from waiting import until

from pdm.supervision.worker import Worker


def worker(folder: Path, code: str) -> Worker:
    """Make a worker that runs this Python code."""
    return Worker("align", [sys.executable, "-c", code], {"WORD": "here"}, folder / "align.log")


def test_it_runs_with_its_environment_and_its_log(tmp_path: Path) -> None:
    """Output goes to the file, variables are what was given."""
    one = worker(tmp_path, "import os, signal; print(os.environ['WORD'], flush=True); signal.pause()")
    assert (one.pid, one.last_words()) == (None, "")
    one.start()
    until(lambda: one.last_words() == "here")
    assert one.pid is not None
    assert not one.tend()
    one.stop()
    assert one.pid is None


def test_an_end_is_told_in_one_line_and_followed_by_a_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The line has name, status, count, pause and log; the new process comes when the pause is over."""
    one = worker(tmp_path, "import signal; signal.pause()")
    one.start()
    first = one.pid
    one.kill()
    with caplog.at_level(logging.WARNING):
        assert one.tend()
    assert [record.getMessage() for record in caplog.records] == [
        f"align ended with status -9, restart 1 in 0.5 s: {tmp_path / 'align.log'}"
    ]
    assert not one.tend()
    until(one.tend)
    assert one.restarts == 1
    assert one.pid not in (None, first)
    one.stop()
