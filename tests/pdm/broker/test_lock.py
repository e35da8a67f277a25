"""One owner per directory."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pdm.broker import lock
from pdm.broker.lock import DirectoryLock
from pdm.errors import BrokerError

HOLD = """
import sys
from pathlib import Path
from pdm.broker.lock import DirectoryLock
lock = DirectoryLock(Path(sys.argv[1]))
lock.acquire()
print("held", flush=True)
sys.stdin.read()
"""


def test_a_held_directory_is_refused_with_the_owners_pid(tmp_path: Path) -> None:
    """Who comes second learns at once which process to look at; the folder is free when that one ends."""
    command = [sys.executable, "-c", HOLD, str(tmp_path / "lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "held\n"
        with pytest.raises(BrokerError, match=f"{tmp_path} is in use by process {owner.pid}$"):
            DirectoryLock(tmp_path / "lock").acquire()
        owner.kill()
    second = DirectoryLock(tmp_path / "lock")
    second.acquire()
    assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"
    second.release()


def test_a_stale_lock_is_not_in_the_way(tmp_path: Path) -> None:
    """A file that a crash left behind, whatever pid it names, even a living one, locks nothing."""
    (tmp_path / "lock").write_text("1\n")
    mine = DirectoryLock(tmp_path / "lock")
    mine.acquire()
    assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"
    mine.release()


def test_a_lock_that_a_dying_broker_still_holds_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The owner is gone but the broker that inherited the lock is not: wait for it, but not for ever."""
    first, second = DirectoryLock(tmp_path / "lock"), DirectoryLock(tmp_path / "lock")
    first.acquire()
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], check=True, capture_output=True
    )
    (tmp_path / "lock").write_bytes(gone.stdout)
    monkeypatch.setattr(time, "sleep", lambda _seconds: first.release())
    second.acquire()
    second.release()


def test_a_lock_that_nobody_gives_back_is_refused_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broker that does not die keeps the directory; the error says that its owner is unknown."""
    first, second = DirectoryLock(tmp_path / "lock"), DirectoryLock(tmp_path / "lock")
    first.acquire()
    (tmp_path / "lock").write_text("")
    monkeypatch.setattr(lock, "DYING", -1.0)
    with pytest.raises(BrokerError, match="in use by process unknown"):
        second.acquire()
    first.release()
