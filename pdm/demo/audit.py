"""Reads the ordered log afterwards: is every reading in it once, and does it give the same events again?"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec
import numpy as np
from kafka import KafkaConsumer, TopicPartition
from numpy.typing import NDArray

from pdm.broker.topics import DEAD_LETTERS, FRAMES
from pdm.chain.detection.bank import Bank
from pdm.chain.step import Taken, step
from pdm.records.event import Event
from pdm.records.log import Frames, LogRecord, Seat

_RECORD = msgspec.msgpack.Decoder(LogRecord)
_SEATS = msgspec.msgpack.Decoder(list[Seat])


class Course(NamedTuple):
    """The score of one machine over data time: (n,) ns and (n,) score, 1.0 is the line."""

    time: NDArray[np.int64]
    score: NDArray[np.float64]


class Audit(NamedTuple):
    """What the ordered log holds.

    readings     : in frames, each counted once
    events       : what `step` makes of the log, sorted by time, asset, id, revision
    courses      : score by asset
    dead_letters : messages put aside
    """

    readings: int
    events: tuple[Event, ...]
    courses: dict[str, Course]
    dead_letters: int


def audit(bootstrap: str) -> Audit:
    """Read the whole log of the live plant and judge it anew."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, fetch_max_bytes=64 << 20)
    try:
        waste = consumer.partitions_for_topic(DEAD_LETTERS) or set()
        ends = consumer.end_offsets([TopicPartition(DEAD_LETTERS, number) for number in waste])
        logs = [read_log(consumer, number) for number in sorted(consumer.partitions_for_topic(FRAMES) or ())]
        return replay(logs, sum(ends.values()))
    finally:
        consumer.close()


def read_log(consumer: Any, partition: int) -> Iterator[tuple[int, bytes]]:
    """Read one partition of the log from its beginning to its present end: offset and bytes."""
    place = TopicPartition(FRAMES, partition)
    consumer.assign([place])
    consumer.seek_to_beginning(place)
    end = consumer.end_offsets([place])[place]
    while consumer.position(place) < end:
        for messages in consumer.poll(timeout_ms=1000).values():
            yield from ((message.offset, message.value) for message in messages if message.offset < end)


def replay(logs: Iterable[Iterable[tuple[int, bytes]]], dead_letters: int = 0) -> Audit:
    """Judge the partitions of a log anew; `step` leaves out what is in the log twice."""
    readings, events = 0, list[Event]()
    pieces: dict[str, list[tuple[NDArray[np.int64], NDArray[np.float64]]]] = {}
    for log in logs:
        bank = Bank()
        for offset, value in log:
            record = _RECORD.decode(value)
            taken = step(bank, offset, record)
            events += [event for event in taken.events if not event.run]
            if isinstance(record, Frames):
                readings += _note(record, taken, pieces)
    courses = {
        asset: Course(np.concatenate([p[0] for p in found]), np.concatenate([p[1] for p in found]))
        for asset, found in pieces.items()
    }
    events.sort(key=lambda event: (event.time, event.asset, event.id, event.revision))
    return Audit(readings, tuple(events), courses, dead_letters)


def _note(
    record: Frames, taken: Taken, pieces: dict[str, list[tuple[NDArray[np.int64], NDArray[np.float64]]]]
) -> int:
    """Keep the scores of the rows that counted; returns their readings."""
    seat, time = np.frombuffer(record.seat, "<u4"), np.frombuffer(record.time, "<i8")
    names = _SEATS.decode(record.seats)
    live = np.array([not name.run for name in names], bool)
    counted = ~np.isnan(taken.scores) & live[seat]
    for index in np.unique(seat[counted]):
        mine = counted & (seat == index)
        pieces.setdefault(names[index].asset, []).append((time[mine], taken.scores[mine]))
    return int(np.frombuffer(record.width, "<u2")[counted].sum())
