"""What a partition was given, each offset counted once, whatever is read again after a crash."""

import numpy as np

from pdm.state.chunks import NOTHING


class Ledger:
    """Readings that came in blocks, and messages that were put aside because nobody could use them.

    It is saved whole with every checkpoint, while chunks take turns: so it knows by itself how far it
    has counted, and what a chunk still has to eat again is not counted a second time here.

    newest : (topics,) newest offset that is in the counts
    """

    def __init__(self, topics: int) -> None:
        self.newest = np.full(topics, NOTHING, np.int64)
        self.readings = 0
        self.put_aside = 0

    def enter(self, topic: int, offset: int, readings: int) -> None:
        """Count the readings of one block."""
        if self._is_new(topic, offset):
            self.readings += readings

    def refuse(self, topic: int, offset: int) -> None:
        """Count one message that was put aside."""
        if self._is_new(topic, offset):
            self.put_aside += 1

    def _is_new(self, topic: int, offset: int) -> bool:
        new = bool(offset > self.newest[topic])
        self.newest[topic] = max(self.newest[topic], offset)
        return new
