"""A budget of calls: so many an hour, saved up to a limit, never borrowed."""

import time
from collections.abc import Callable

HOUR_S = 3600.0


class Budget:
    """A token bucket.

    per_hour : calls that come back in an hour
    burst    : calls that may be saved up; it starts full
    clock    : seconds that never go back
    """

    def __init__(
        self, per_hour: float = 120.0, burst: int = 20, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_second, self._burst, self._clock = per_hour / HOUR_S, float(burst), clock
        self._left, self._at = float(burst), clock()

    @property
    def left(self) -> float:
        """Calls that may be made now."""
        now = self._clock()
        self._left = min(self._burst, self._left + max(0.0, now - self._at) * self._per_second)
        self._at = now
        return self._left

    def take(self) -> bool:
        """Spend one call; False where there is none left."""
        if self.left < 1.0:
            return False
        self._left -= 1.0
        return True
