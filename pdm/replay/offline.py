"""The chain without Kafka: the same `admit`, `pack`, `align` and `step`, one partition, one process."""

from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import structs

from pdm.chain.acquisition.columns import Columns
from pdm.chain.acquisition.pack import TOPICS, Packed, frontier_only, pack
from pdm.chain.detection.bank import Bank
from pdm.chain.manipulation.align import align
from pdm.chain.manipulation.buffers import Buffers
from pdm.chain.step import step
from pdm.instant import nanoseconds
from pdm.plant.spec import Plant
from pdm.records.block import Machine, Source
from pdm.records.event import Event
from pdm.records.log import Frames


class Offline:
    """A whole service in one object: readings in, events out, in the order of the log.

    late, rows : counts so far
    trace      : called with each record of frames and its scores, for pictures
    """

    def __init__(self, plant: Plant) -> None:
        self.buffers = Buffers(plant)
        self.bank = Bank()
        self.events: list[Event] = []
        self.late = 0
        self.rows = 0
        self.traced: list[tuple[Frames, np.ndarray[tuple[int], np.dtype[np.float64]]]] | None = None
        self._offsets = [0] * len(TOPICS)
        self._logged = 0

    def feed(self, columns: Columns, source: Source) -> None:
        """Deliver readings as one request of a source."""
        self._eat(pack(columns, source, 1, 0))

    def end(self, frontiers: Mapping[Machine, int], source: Source) -> None:
        """Say how far machines have delivered everything, so that their last frames close."""
        self._eat(frontier_only(frontiers, source, 1, 0))

    def _eat(self, blocks: Sequence[Packed]) -> None:
        for packed in blocks:
            topic = TOPICS.index(packed.topic)
            records, outcome = align(self.buffers, topic, self._offsets[topic], packed.block)
            self._offsets[topic] += 1
            self.late += outcome.late
            for record in records:
                taken = step(self.bank, self._logged, record)
                self._logged += 1
                self.rows += taken.rows
                self.events += taken.events
                if self.traced is not None and isinstance(record, Frames):
                    self.traced.append((record, taken.scores))


def exported(events: Sequence[Event]) -> list[Event]:
    """Return events as they are exported: without their run, sorted by time, asset, id and revision."""
    plain = [structs.replace(event, run="") for event in events]
    return sorted(plain, key=lambda e: (nanoseconds(e.time), e.asset, e.id, e.revision))
