"""Children that never outlive their parent."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from pdm.broker.processes import Child

PARENT = """
import sys, threading
from pathlib import Path
from pdm.broker.processes import Child

def start():
    child = Child([sys.executable, "-c", sys.argv[2]], Path(sys.argv[1]), grace=0.3)
    print(child.pid, flush=True)
    global kept
    kept = child
    sys.stdin.readline()

if sys.argv[3] == "thread":
    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    print("thread ended", flush=True)
    sys.stdin.read()
start()
"""

TALK = """
import signal, socket, sys
{before}
line = socket.create_connection(("127.0.0.1", {port}))
line.sendall(b"up")
line.recv(1)
"""


@pytest.fixture
def ear() -> socket.socket:
    """A listening socket: a child that connects to it is seen to live, and seen to end."""
    return socket.create_server(("127.0.0.1", 0))


def talk(ear: socket.socket, before: str = "") -> str:
    """Return the code of a child that says it is up and then waits."""
    return TALK.format(before=before, port=ear.getsockname()[1])


def hear(ear: socket.socket) -> socket.socket:
    """Wait until the child is up."""
    ear.settimeout(30)
    line, _ = ear.accept()
    line.settimeout(30)
    assert line.recv(2) == b"up"
    return line


def silent(line: socket.socket) -> bool:
    """Wait until the kernel closed the child's end, which is when it has ended."""
    try:
        return line.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("thread", ["main", "thread"])
def test_a_killed_parent_leaves_no_orphan(tmp_path: Path, ear: socket.socket, thread: str) -> None:
    """SIGKILL gives the parent no chance, and still the child ends; whichever thread started it."""
    command = [sys.executable, "-c", PARENT, str(tmp_path / "log"), talk(ear), thread]
    with (
        ear,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent,
        hear(ear) as line,
    ):
        parent.kill()
        assert silent(line)


def test_a_child_outlives_the_thread_that_started_it(tmp_path: Path, ear: socket.socket) -> None:
    """Only the parent's end counts: the kernel alone would have ended it with its thread."""
    command = [sys.executable, "-c", PARENT, str(tmp_path / "log"), talk(ear), "thread"]
    with (
        ear,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent,
        hear(ear) as line,
    ):
        assert parent.stdin is not None
        assert parent.stdout is not None
        parent.stdin.write(b"\n")
        parent.stdin.flush()
        assert [parent.stdout.readline() for _ in range(2)][1] == b"thread ended\n"
        line.settimeout(0.5)
        with pytest.raises(TimeoutError):
            line.recv(1)
        parent.kill()


def test_a_child_that_ignores_sigterm_is_killed_with_its_parent(tmp_path: Path, ear: socket.socket) -> None:
    """After its grace the watcher insists; the pid is that of the command itself."""
    deaf = talk(ear, before="signal.signal(signal.SIGTERM, signal.SIG_IGN)")
    command = [sys.executable, "-c", PARENT, str(tmp_path / "log"), deaf, "main"]
    with (
        ear,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent,
        hear(ear) as line,
    ):
        assert parent.stdout is not None
        assert Path(f"/proc/{int(parent.stdout.readline())}").exists() or sys.platform != "linux"
        parent.kill()
        assert silent(line)


def test_stop_is_polite_and_tells_the_status(tmp_path: Path, ear: socket.socket) -> None:
    """A child that handles SIGTERM ends with the status it chose, and its output is in the log."""
    polite = talk(ear, before="signal.signal(signal.SIGTERM, lambda *_: sys.exit(print('bye') or 3))")
    child = Child([sys.executable, "-c", polite], tmp_path / "logs" / "child.log")
    with ear, hear(ear):
        assert child.status() is None
        assert child.stop() == 3
    assert (tmp_path / "logs" / "child.log").read_text() == "bye\n"


def test_stop_insists_on_a_child_that_does_not_listen(tmp_path: Path, ear: socket.socket) -> None:
    """A stopped (SIGSTOP) or deaf child ends too."""
    deaf = talk(ear, before="signal.signal(signal.SIGTERM, signal.SIG_IGN)")
    child = Child([sys.executable, "-c", deaf], tmp_path / "log", grace=0.1)
    with ear, hear(ear):
        child.send(signal.SIGSTOP)
        assert child.stop() == -signal.SIGKILL


def test_an_ended_child_leaves_no_watcher(tmp_path: Path) -> None:
    """The watcher ends with the command: the file that both inherited is nobody's any more."""
    reading, writing = os.pipe()
    child = Child([sys.executable, "-c", ""], tmp_path / "log", keep=[writing])
    os.close(writing)
    assert child.wait(30) == 0
    with os.fdopen(reading, "rb") as end:
        assert end.read() == b""
    child.stop()


def test_a_command_that_is_not_there_says_so_in_the_log(tmp_path: Path) -> None:
    """The child ends with an error, and the log names the command."""
    child = Child(["/nowhere/at-all"], tmp_path / "log")
    assert child.wait(30) == 1
    assert (tmp_path / "log").read_text() == "/nowhere/at-all: No such file or directory\n"
    child.stop()
