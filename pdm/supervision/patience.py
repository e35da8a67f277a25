"""How long to wait before something that ended is started again."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before the first start after an end, doubled for each further one."""

SETTLED = 60.0
"""Seconds of running after which an end counts as the first again."""


class Patience:
    """Grows with each end that follows soon upon a start. Times are seconds of one steady clock."""

    def __init__(self) -> None:
        self._pause = FIRST_PAUSE
        self._started = 0.0
        self._due = 0.0

    def started(self, now: float) -> None:
        """Note a start."""
        self._started = now

    def ended(self, now: float) -> float:
        """Note an end, and return the pause before the next start."""
        if now - self._started > SETTLED:
            self._pause = FIRST_PAUSE
        pause = self._pause
        self._due = now + pause
        self._pause = min(2 * pause, LONGEST_PAUSE)
        return pause

    def over(self, now: float) -> bool:
        """Tell whether the pause is over."""
        return now >= self._due
