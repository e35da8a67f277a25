"""One owner per data directory: a lock that lives exactly as long as the broker."""

import fcntl
import os
import time
from pathlib import Path

from pdm.errors import BrokerError

DYING = 20.0
"""Seconds to wait for the broker of an owner that is gone; its watcher ends it within 15."""


class DirectoryLock:
    """An advisory lock on a file, whose text names the owner's process id.

    The broker inherits `fd`, so the directory stays locked until owner *and* broker are gone. A file left
    behind by a crash is not locked any more, and so never in the way.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.fd = -1

    def acquire(self) -> None:
        """Take the lock; raises BrokerError naming the owner if a living process has it."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + DYING
        while not _taken(descriptor):
            owner = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
            if _alive(owner) or time.monotonic() > deadline:
                os.close(descriptor)
                raise BrokerError(f"{self._path.parent} is in use by process {owner or 'unknown'}")
            time.sleep(0.1)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self.fd = descriptor

    def release(self) -> None:
        """Give our share of the lock back."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


def _taken(descriptor: int) -> bool:
    """Try to lock without waiting."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _alive(owner: str) -> bool:
    """Tell whether the process named in the lock runs; no name, no process."""
    if not owner.isdigit():
        return False
    try:
        os.kill(int(owner), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
