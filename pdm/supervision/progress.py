"""Finds consumers that run but do not move: a worker may outlive the thread that reads for it."""

from collections.abc import Iterable

from pdm.broker.lag import Lag

FIRST_WAIT, LONGEST_WAIT = 30.0, 3600.0
"""Seconds that a partition with lag may stand still; doubled for a group each time it was found stalled."""


class Progress:
    """What is remembered of consumer groups between two looks. Times are seconds of one steady clock."""

    def __init__(self) -> None:
        self._moved: dict[tuple[str, str, int], tuple[int, float]] = {}
        self._wait: dict[str, float] = {}

    def stalled(self, lags: Iterable[Lag], now: float) -> list[str]:
        """Return the groups with a partition that has lag and has acknowledged nothing for too long.

        A group that is named starts anew, with twice the patience, so that an offset which nobody can
        move does not end its worker for ever; moving again brings the first patience back.
        """
        found = {lag.group for lag in lags if self._stands_still(lag, now)}
        for group in found:
            self._wait[group] = min(2 * self._wait.get(group, FIRST_WAIT), LONGEST_WAIT)
            self.begun(group)
        return sorted(found)

    def begun(self, group: str) -> None:
        """Forget since when a group stands still: its worker has just been started, and has to read first."""
        self._moved = {key: value for key, value in self._moved.items() if key[0] != group}

    def _stands_still(self, lag: Lag, now: float) -> bool:
        key = (lag.group, lag.topic, lag.partition)
        committed, since = self._moved.get(key, (-1, now))
        if lag.lag == 0 or lag.committed != committed:
            self._moved[key] = (lag.committed, now)
            if committed >= 0 and lag.committed > committed:
                self._wait.pop(lag.group, None)
            return False
        return now - since >= self._wait.get(lag.group, FIRST_WAIT)
