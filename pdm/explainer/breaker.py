"""A circuit breaker: after some failures in a row it stops asking for a while, then tries once."""

import time
from collections.abc import Callable
from enum import StrEnum


class State(StrEnum):
    """Closed lets calls through, open none, half-open one to see."""

    CLOSED = "closed"
    HALF_OPEN = "half_open"
    OPEN = "open"


class Breaker:
    """Counts failures in a row; one success forgets them.

    failures   : in a row that open it
    cooldown_s : how long it stays open before one call is tried
    clock      : seconds that never go back
    """

    def __init__(
        self, failures: int = 3, cooldown_s: float = 60.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._failures, self._cooldown_s, self._clock = failures, cooldown_s, clock
        self._in_a_row = 0
        self._opened: float | None = None
        self._trying = False

    @property
    def state(self) -> State:
        """What it does with the next call."""
        if self._opened is None:
            return State.CLOSED
        cooled = self._clock() - self._opened >= self._cooldown_s
        return State.HALF_OPEN if cooled and not self._trying else State.OPEN

    def allows(self) -> bool:
        """Tell whether a call may go out now; who is told so must report what became of it."""
        state = self.state
        self._trying = self._trying or state is State.HALF_OPEN
        return state is not State.OPEN

    def succeeded(self) -> None:
        """Close it again."""
        self._in_a_row, self._opened, self._trying = 0, None, False

    def failed(self) -> None:
        """Count a failure; the last straw, or a failed trial, opens it."""
        self._in_a_row += 1
        if self._trying or self._in_a_row >= self._failures:
            self._opened, self._trying = self._clock(), False

    def abandoned(self) -> None:
        """Forget a call that was called off: it says nothing about the other side."""
        self._trying = False
