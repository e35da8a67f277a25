"""Which chunk of state has been saved up to which offset, and what that lets us acknowledge."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from pdm.state.registry import CHUNK

NOTHING = -1
"""The offset before the first."""

Ids = NDArray[np.integer]


def widened(offsets: Iterable[int], topics: int) -> NDArray[np.int64]:
    """Read offsets by topic; of a topic that an earlier version did not read, nothing has been eaten."""
    known = np.array(list(offsets), np.int64)
    return np.append(known, np.full(topics - len(known), NOTHING, np.int64))


class Chunks:
    """Bookkeeping for state that is saved a few chunks at a time.

    position[topic]     : newest offset eaten
    eaten[chunk, topic] : newest offset in what was saved of the chunk; what is at or below it
                          changes nothing in that chunk when it is read again
    dirty[chunk]        : whether it has changed since
    """

    def __init__(self, topics: int) -> None:
        self.position = np.full(topics, NOTHING, np.int64)
        self.eaten = np.full((0, topics), NOTHING, np.int64)
        self.dirty = np.zeros(0, np.bool_)

    def cover(self, machines: int) -> None:
        """Make room for so many machines; a new chunk has eaten all there was before it."""
        missing = -(-machines // CHUNK) - len(self.dirty)
        if missing > 0:
            self.eaten = np.vstack([self.eaten, np.tile(self.position, (missing, 1))])
            self.dirty = np.append(self.dirty, np.zeros(missing, np.bool_))

    def restore(self, chunk: int, eaten: NDArray[np.int64]) -> None:
        """A saved chunk was loaded: it has eaten this much."""
        self.cover((chunk + 1) * CHUNK)
        self.eaten[chunk] = eaten

    def fresh(self, machines: Ids, topic: int, offset: int) -> NDArray[np.bool_]:
        """Tell for each machine whether its chunk has still to eat this offset."""
        fresh: NDArray[np.bool_] = self.eaten[machines // CHUNK, topic] < offset
        return fresh

    def touch(self, machines: Ids) -> None:
        """These machines are about to change; call it before `position` moves on."""
        chunks = np.unique(machines // CHUNK)
        clean = chunks[~self.dirty[chunks]]
        self.eaten[clean] = np.maximum(self.eaten[clean], self.position)
        self.dirty[clean] = True

    def due(self, most: int) -> list[int]:
        """Choose up to `most` dirty chunks, those first that were saved longest ago."""
        dirty = np.flatnonzero(self.dirty)
        oldest = np.argsort(self.eaten[dirty].sum(axis=1), kind="stable")
        return [int(chunk) for chunk in dirty[oldest[:most]]]

    def saved(self, chunk: int) -> NDArray[np.int64]:
        """A chunk is being saved as it is now; returns what it has eaten."""
        self.eaten[chunk] = np.maximum(self.eaten[chunk], self.position)
        self.dirty[chunk] = False
        eaten: NDArray[np.int64] = self.eaten[chunk].copy()
        return eaten

    def cursor(self) -> NDArray[np.int64]:
        """Smallest offset per topic that every chunk holds: reading goes on after it."""
        if not self.dirty.any():
            return self.position.copy()
        cursor: NDArray[np.int64] = np.minimum(self.eaten[self.dirty].min(axis=0), self.position)
        return cursor
