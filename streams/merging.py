"""Messages of a partition's topics put in the order in which the broker got them.

Faust reads the topics of a backlog as it likes, hundreds of messages apart. No result depends on that,
but each message that is far ahead of the other topics keeps its frames open: memory, state and time.
"""

from collections import deque
from collections.abc import Callable

import faust
from faust.types import TP

from streams.app import Delivery

MOST_HELD = 200
"""Messages of one topic that may wait for another topic; beyond these it is paused, until half are left."""


class Merge:
    """What has been received and waits for its turn, by partition and topic."""

    def __init__(self, app: faust.App, topics: tuple[str, ...]) -> None:
        self._app = app
        self._topics = topics
        self._held: dict[int, dict[TP, deque[Delivery]]] = {}
        self._paused: set[TP] = set()
        self._moved: set[int] = set()

    def forget(self) -> None:
        """Start again after a rebalance; Faust forgets what it had paused as well."""
        self._held.clear()
        self._paused.clear()

    def put(self, event: Delivery) -> None:
        """Hold a message until its turn."""
        message = event.message
        tp = TP(message.topic, message.partition)
        queue = self._queues(tp.partition)[tp]
        queue.append(event)
        if len(queue) >= MOST_HELD and tp not in self._paused:
            self._paused.add(tp)
            self._app.consumer.pause_partitions({tp})

    def take(self, partition: int, coming: Callable[[TP], bool]) -> Delivery | None:
        """Return the message that the broker got first, or None while an earlier one may be on its way.

        coming : tells whether the broker holds more of a topic than was received
        """
        queues = self._queues(partition)
        heads = [(queue[0].message.timestamp, tp) for tp, queue in queues.items() if queue]
        if not heads or any(not queue and coming(tp) for tp, queue in queues.items()):
            return None
        first = min(heads)[1]
        self._moved.add(partition)
        event = queues[first].popleft()
        if first in self._paused and len(queues[first]) <= MOST_HELD // 2:
            self._paused.remove(first)
            self._app.consumer.resume_partitions({first})
        return event

    def stuck(self) -> list[int]:
        """Name the partitions that hold messages and have not moved since this was last asked."""
        waiting = [p for p, queues in self._held.items() if p not in self._moved and any(queues.values())]
        self._moved.clear()
        return waiting

    def _queues(self, partition: int) -> dict[TP, deque[Delivery]]:
        queues = self._held.get(partition)
        if queues is None:
            queues = self._held[partition] = {TP(topic, partition): deque() for topic in self._topics}
        return queues
