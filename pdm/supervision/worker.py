"""One supervised process: started again, with growing patience, whenever it ends by itself."""

import logging
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from pdm.broker.processes import Child
from pdm.supervision.patience import Patience

log = logging.getLogger(__name__)


class Worker:
    """A command that has to run; its output is appended to the file `output`.

    restarts : how often it was started again after it had ended by itself
    """

    def __init__(self, name: str, command: Sequence[str], environ: Mapping[str, str], output: Path) -> None:
        self.name = name
        self.output = output
        self.restarts = 0
        self._command = command
        self._environ = environ
        self._child: Child | None = None
        self._patience = Patience()

    @property
    def pid(self) -> int | None:
        """Process id, or None while it does not run."""
        return self._child.pid if self._child is not None and self._child.status() is None else None

    def start(self) -> None:
        """Start it now."""
        self._child = Child(self._command, self.output, self._environ)
        self._patience.started(time.monotonic())

    def tend(self) -> bool:
        """Notice its end, or start it again when the pause is over; True if anything changed."""
        now = time.monotonic()
        if self._child is None:
            if not self._patience.over(now):
                return False
            self.restarts += 1
            self.start()
            return True
        status = self._child.status()
        if status is None:
            return False
        pause = self._patience.ended(now)
        told = "%s ended with status %d, restart %d in %.1f s: %s"
        log.warning(told, self.name, status, self.restarts + 1, pause, self.output)
        self.stop()
        return True

    def stop(self) -> None:
        """Stop it in order, with ten seconds of grace."""
        if self._child is not None:
            self._child.stop()
            self._child = None

    def kill(self) -> None:
        """Crash it (SIGKILL); the next `tend` finds it ended."""
        if self._child is not None:
            self._child.kill()

    def last_words(self, lines: int = 15) -> str:
        """Return the end of its log."""
        if not self.output.exists():
            return ""
        return "\n".join(self.output.read_text("utf-8", "replace").splitlines()[-lines:])
