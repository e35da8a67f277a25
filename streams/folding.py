"""Folds what a client says again and again while its broker is away: once in a while, with a count."""

import logging
import time
from collections.abc import Callable

EVERY_S = 10.0


class Folding(logging.Filter):
    """Lets each kind of message through once in `EVERY_S` seconds, and says how many were left out."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._seen: dict[str, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a message is to be written."""
        kind, now = str(record.msg), self._clock()
        last, left_out = self._seen.get(kind, (-EVERY_S, 0))
        if now - last < EVERY_S:
            self._seen[kind] = (last, left_out + 1)
            return False
        self._seen[kind] = (now, 0)
        if left_out:
            record.msg, record.args = f"{record.getMessage()} (and {left_out} more like it)", ()
        return True
