"""Keeping the topics of a stage side by side: one that runs ahead by the broker's clock is paused.

No result depends on it: it bounds how many frames are open while a stage catches up.
"""

import time

import faust
from faust.types import TP

from pdm import metrics

AHEAD_SECONDS = 1.0
"""Append time that a topic may be ahead of one that still has messages waiting."""


class Pace:
    """Where each topic and partition stands, in offsets and in the broker's append time."""

    def __init__(self, app: faust.App, topics: tuple[str, ...]) -> None:
        self._app = app
        self._topics = topics
        self._stands: dict[TP, tuple[int, float | None]] = {}
        self._paused: set[TP] = set()

    def forget(self) -> None:
        """Start again after a rebalance; Faust forgets what it had paused as well."""
        self._stands.clear()
        self._paused.clear()

    def begin(self, topic: str, partition: int, newest: int) -> None:
        """Note where a partition goes on from."""
        self._stands[TP(topic, partition)] = (newest, None)

    def ate(self, topic: str, partition: int, offset: int, appended: float) -> None:
        """Note a message that was handled, and pause its topic where it has come too far."""
        tp = TP(topic, partition)
        self._stands[tp] = (offset, appended)
        if len(self._topics) > 1 and self._ahead(tp) and tp not in self._paused:
            self._paused.add(tp)
            self._app.consumer.pause_partitions({tp})
        if self._paused:
            self.resume()

    def resume(self) -> None:
        """Let those go on that are no longer ahead."""
        ready = {tp for tp in self._paused if not self._ahead(tp)}
        if ready:
            self._paused -= ready
            self._app.consumer.resume_partitions(ready)

    def waiting(self, tp: TP) -> int:
        """Count the messages the broker holds behind the last one handled."""
        highwater = self._app.consumer.highwater(tp) or 0
        return max(0, highwater - 1 - self._stands[tp][0])

    def show_lag(self, stage: str) -> None:
        """Export how much is waiting; a stage for which nothing waits has made progress."""
        total, by_partition = 0, dict.fromkeys({tp.partition for tp in self._stands}, 0)
        for tp in self._stands:
            waiting = self.waiting(tp)
            by_partition[tp.partition] += waiting
            total += waiting
        for partition, waiting in by_partition.items():
            metrics.LAG.labels(stage, str(partition)).set(waiting)
        if total == 0:
            metrics.PROGRESS.labels(stage).set(time.time())

    def _ahead(self, tp: TP) -> bool:
        """Tell whether a topic is far ahead of another of its partition that has messages waiting."""
        mine = self._stands[tp][1]
        for topic in self._topics:
            other = TP(topic, tp.partition)
            if other != tp and self.waiting(other) > 0:
                theirs = self._stands[other][1]
                if mine is not None and (theirs is None or mine - theirs > AHEAD_SECONDS):
                    return True
        return False
