"""Several supervised processes, tended together by a thread."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

log = logging.getLogger(__name__)

ROUND = 0.2
"""Seconds between two looks at all members."""


class Member(Protocol):
    """What a fleet asks of each of its processes; see `Worker`."""

    name: str
    restarts: int

    @property
    def pid(self) -> int | None:
        """Process id, or None while it does not run."""

    def start(self) -> None:
        """Start it now."""

    def tend(self) -> bool:
        """Notice its end or start it again; True if anything changed."""

    def stop(self) -> None:
        """Stop it in order."""

    def kill(self) -> None:
        """Crash it."""


class Fleet:
    """Members in the order in which they stop; `changed` is called after any of them ended or started."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self.members: list[Member] = []
        self._changed = changed
        self._turn = threading.RLock()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._tend, name="supervision", daemon=True)

    def add(self, members: Sequence[Member]) -> None:
        """Start these; they stop before all that were added earlier, in the order given."""
        with self._turn:
            self.members[:0] = members
            for member in reversed(members):
                member.start()
            self._changed()

    def watch(self) -> None:
        """Tend all members from now on."""
        self._thread.start()

    def restart(self, name: str) -> None:
        """Stop one in order and start it again."""
        with self._one(name) as member:
            member.stop()
            member.start()

    def kill(self, name: str) -> None:
        """Crash one; tending brings it back."""
        with self._one(name) as member:
            member.kill()

    def stop(self) -> None:
        """Stop all, one after the other."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()
        for member in self.members:
            member.stop()

    def pids(self) -> dict[str, int]:
        """Return the process ids of the members that run."""
        return {member.name: member.pid for member in self.members if member.pid is not None}

    @contextmanager
    def _one(self, name: str) -> Iterator[Member]:
        """Give one member to change; raises KeyError if there is none of this name."""
        with self._turn:
            yield {member.name: member for member in self.members}[name]
            self._changed()

    def _tend(self) -> None:
        while not self._ending.wait(ROUND):
            try:
                self._round()
            except Exception:  # a bug must not leave the members untended
                log.exception("tending the processes failed, and goes on")

    def _round(self) -> None:
        with self._turn:
            changes = [member.tend() for member in reversed(self.members)]
            if any(changes):
                self._changed()
