"""The sequence rule: each offset is handled once and in turn, whatever Faust delivers.

Kafka's committed offset is not the truth about where to go on: Faust acknowledges what it skips after
a rebalance, and commits past gaps. The truth is the cursor saved with our own state.
"""

from enum import Enum


class Verdict(Enum):
    """What to do with a message."""

    TAKE = "take"
    REPEAT = "repeat"
    """It was handled before: acknowledge it and go on."""
    REWIND = "rewind"
    """Something before it is missing: go back to `expected`, and leave this one alone."""
    WAIT = "wait"
    """It was on its way before the rewind took effect: leave it alone."""


class Sequence:
    """One partition of one topic, read in turn from `expected` on.

    skipped : offsets that the broker did not have any more (retention, a transaction's marker)
    """

    def __init__(self, expected: int) -> None:
        self.expected = expected
        self.skipped = 0
        self._newest_ignored = -1

    def judge(self, offset: int) -> Verdict:
        """Decide about the message at `offset`; TAKE moves on."""
        if offset < self.expected:
            return Verdict.REPEAT
        if offset > self.expected:
            if self._newest_ignored < 0:
                self._newest_ignored = offset
                return Verdict.REWIND
            if offset > self._newest_ignored:
                self._newest_ignored = offset
                return Verdict.WAIT
            # We have been back and it is still absent: the broker no longer has it.
            self.skipped += offset - self.expected
        self._newest_ignored = -1
        self.expected = offset + 1
        return Verdict.TAKE
