"""Waiting for something that another process does, and that tells nobody when it is done."""

import threading
import time
from collections.abc import Callable


def until(true: Callable[[], bool], within: float = 60.0) -> None:
    """Return as soon as `true()` is, or fail after `within` seconds."""
    deadline, pause = time.monotonic() + within, threading.Event()
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        pause.wait(0.02)
