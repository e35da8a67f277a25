"""The sequence rule: each offset is handled once and in turn, whatever Faust delivers.

Kafka's committed offset is not the truth about where to go on: Faust acknowledges what it skips after
a rebalance, and commits past gaps. The truth is the cursor saved with our own state.
"""

from enum import Enum

PAUSE_S = 0.5
"""Between two attempts to go back: what was on its way meanwhile would undo the first one."""


class Verdict(Enum):
    """What to do with a message."""

    TAKE = "take"
    REPEAT = "repeat"
    """It was handled before."""
    REWIND = "rewind"
    """Something before it is missing: go back to `expected`, and leave this one alone."""
    WAIT = "wait"
    """It was on its way when we went back: leave it alone."""


class Sequence:
    """One partition of one topic, read in turn from `expected` on."""

    def __init__(self, expected: int) -> None:
        self.expected = expected
        self._went_back: float | None = None

    def judge(self, offset: int, now: float) -> Verdict:
        """Decide about the message at `offset`; TAKE moves on.

        now : monotonic time in seconds
        """
        if offset < self.expected:
            return Verdict.REPEAT
        if offset == self.expected:
            self.expected, self._went_back = offset + 1, None
            return Verdict.TAKE
        if self._went_back is None or self.overdue(now):
            self._went_back = now
            return Verdict.REWIND
        return Verdict.WAIT

    def overdue(self, now: float) -> bool:
        """Tell whether we went back and what was missing has not come since; try again then."""
        return self._went_back is not None and now - self._went_back >= PAUSE_S

    def retry(self, now: float) -> None:
        """Note another attempt to go back."""
        self._went_back = now

    def step_over(self, earliest: int) -> int:
        """Go on at the earliest offset that the broker still has; returns how many are gone for good."""
        gone = max(0, earliest - self.expected)
        self.expected += gone
        return gone
