"""How far a stage has come, and how much the broker still holds."""

import time

import faust
from faust.types import TP

from pdm import metrics


class Pace:
    """Where each topic and partition stands: the newest offset received, and the newest handled."""

    def __init__(self, app: faust.App) -> None:
        self._app = app
        self._received: dict[TP, int] = {}
        self._handled: dict[TP, int] = {}

    def forget(self) -> None:
        """Start again after a rebalance."""
        self._received.clear()
        self._handled.clear()

    def begin(self, topic: str, partition: int, newest: int) -> None:
        """Note where a partition goes on from."""
        tp = TP(topic, partition)
        self._received[tp] = self._handled[tp] = newest

    def got(self, topic: str, partition: int, offset: int) -> None:
        """Note a message that was received in its turn."""
        self._received[TP(topic, partition)] = offset

    def ate(self, topic: str, partition: int, offset: int) -> None:
        """Note a message that was handled."""
        self._handled[TP(topic, partition)] = offset

    def coming(self, tp: TP) -> bool:
        """Tell whether the broker holds more than was received."""
        return (self._app.consumer.highwater(tp) or 0) - 1 > self._received.get(tp, -1)

    def show_lag(self, stage: str) -> None:
        """Export how much is waiting; a stage for which nothing waits has made progress."""
        total, by_partition = 0, dict.fromkeys({tp.partition for tp in self._handled}, 0)
        for tp, newest in self._handled.items():
            waiting = max(0, (self._app.consumer.highwater(tp) or 0) - 1 - newest)
            by_partition[tp.partition] += waiting
            total += waiting
        for partition, waiting in by_partition.items():
            metrics.LAG.labels(stage, str(partition)).set(waiting)
        if total == 0:
            metrics.PROGRESS.labels(stage).set(time.time())
