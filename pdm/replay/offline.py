"""The chain without Kafka: the same `admit`, `pack`, `align` and `step`, one partition, one process."""

import time
from collections.abc import Mapping, Sequence

import numpy as np

from pdm.chain.acquisition.admit import admit
from pdm.chain.acquisition.clock import closing
from pdm.chain.acquisition.columns import Columns
from pdm.chain.acquisition.decode import JSON
from pdm.chain.acquisition.pack import TOPICS, Packed, frontier_only, pack
from pdm.chain.detection.bank import Bank
from pdm.chain.manipulation.align import align
from pdm.chain.manipulation.buffers import Buffers
from pdm.chain.step import step
from pdm.plant.lookup import class_of
from pdm.plant.spec import Plant
from pdm.records.block import Machine, Source
from pdm.records.event import Event
from pdm.records.log import Frames
from pdm.replay.live import Progress
from pdm.replay.recording import Recording, requests
from pdm.replay.result import Summary, alarms


class Offline:
    """A whole service in one object: readings in, events out, in the order of the log.

    late, rows : counts so far
    trace      : called with each record of frames and its scores, for pictures
    """

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
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

    def end(
        self, frontiers: Mapping[Machine, int], source: Source, watched: Mapping[Machine, int] | None = None
    ) -> None:
        """Say how far machines have delivered everything, so that their last frames close.

        watched : up to when nothing came beyond that, see `Block`
        """
        self._eat(frontier_only(frontiers, source, 1, 0, watched))

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


def replay(plant: Plant, recordings: Sequence[Recording], progress: Progress) -> tuple[Summary, list[Event]]:
    """Run recordings straight through the chain, one after the other.

    raises LayoutError where a file cannot be read
    """
    began, chain, readings, accepted = time.monotonic(), Offline(plant), 0, 0
    for number, recording in enumerate(recordings, start=1):
        progress(f"{number}/{len(recordings)} {recording.asset}")
        delivered, taken = deliver(chain, recording)
        readings, accepted = readings + delivered, accepted + taken
    seconds = time.monotonic() - began
    summary = Summary(
        via="offline",
        run="",
        files=len(recordings),
        readings=readings,
        accepted=accepted,
        rejected=readings - accepted,
        events=len(chain.events),
        alarms=alarms(chain.events),
        advice=0,
        seconds=round(seconds, 3),
        readings_per_s=round(accepted / seconds),
    )
    return summary, chain.events


def deliver(chain: Offline, recording: Recording) -> tuple[int, int]:
    """Run one file through the chain, then its end; returns readings read and accepted."""
    source = Source(recording.asset, "", 0)
    machine_class, read, taken, newest = recording.layout.machine_class, 0, 0, 0
    for request in requests(recording):
        admission = admit(request.body, JSON, chain.plant, time.time_ns(), machine_class)
        chain.feed(admission.columns, source)
        read, taken, newest = read + request.readings, taken + len(admission.columns), request.newest_ns
    if read:
        end = closing(newest, chain.plant.frame_ns, 0)
        chain.end(
            {Machine(recording.asset, class_of(chain.plant, recording.asset, machine_class)): end}, source
        )
    return read, taken
