"""Child processes that never outlive their parent, however it ends."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path


class Child:
    """One running child: its own session, its output in a log file, and gone when its parent is.

    The command's process is the child itself (`pid`), not a wrapper of it. It begins as `guard.py`, which
    leaves a watcher behind and becomes the command; the watcher holds one end of a pipe, we the other.
    """

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        environ: Mapping[str, str] | None = None,
        keep: Sequence[int] = (),
        grace: float = 10.0,
    ) -> None:
        """Start `command`.

        log   : appended to
        keep  : file descriptors that it inherits
        grace : seconds between SIGTERM and SIGKILL, at `stop` and at the parent's end
        """
        self._grace = grace
        theirs, self._lifeline = os.pipe()
        # The kernel's own death signal counts the end of the starting *thread* as the parent's death.
        mortal = threading.current_thread() is threading.main_thread()
        guard = [sys.executable, "-I", "-S", str(Path(__file__).with_name("guard.py"))]
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - commands of our own
                [*guard, str(theirs), str(grace), str(os.getpid() if mortal else 0), *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environ,
                pass_fds=(theirs, *keep),
                start_new_session=True,
            )
        os.close(theirs)

    @property
    def pid(self) -> int:
        """The command's process id."""
        return self._process.pid

    def status(self) -> int | None:
        """Return the exit status (negative: the signal that ended it), or None while it runs."""
        return self._process.poll()

    def wait(self, timeout: float) -> int | None:
        """Return the exit status within `timeout` seconds, or None if it still runs then."""
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the command, if it still runs."""
        self._process.send_signal(number)

    def stop(self) -> int:
        """Ask it to end, insist when its grace is over, and return the exit status."""
        self.send(signal.SIGTERM)
        self.send(signal.SIGCONT)
        status = self.wait(self._grace)
        return self.kill() if status is None else self._end(status)

    def kill(self) -> int:
        """End it as a crash would (SIGKILL), and return the exit status."""
        self._process.kill()
        return self._end(self._process.wait())

    def _end(self, status: int) -> int:
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1
        return status
