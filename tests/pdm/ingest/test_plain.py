"""Fetched records as they are: each once, in order, also when a poll takes a part of them."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import CorruptRecordException

from pdm.ingest.plain import PlainRecords, PlainResult

PLACE = TopicPartition("t", 0)


class Record:
    """A record of which only the offset matters."""

    def __init__(self, offset: int) -> None:
        self.offset = offset


class Batch:
    """A batch as the client's decoder gives it."""

    def __init__(self, *offsets: int, following: int, control: bool = False, sound: bool = True) -> None:
        self._offsets, self._sound = offsets, sound
        self.next_offset, self.is_control_batch = following, control

    def validate_crc(self) -> bool:
        """Say whether the sum is right."""
        return self._sound

    def __iter__(self) -> Iterator[Record]:
        return map(Record, self._offsets)


class Batches:
    """What a fetch has brought."""

    def __init__(self, *batches: Batch) -> None:
        self._left = list(batches)

    def has_next(self) -> bool:
        """Say whether there is another batch."""
        return bool(self._left)

    def next_batch(self) -> Batch:
        """Give the next one."""
        return self._left.pop(0)


class Position:
    """Stands for what is assigned, and for the state of its one partition."""

    active, paused, position = True, False, 0

    def state_value(self, _tp: TopicPartition) -> "Position":
        """Give the state of the partition."""
        return self

    def consumed_to(self, position: int) -> None:
        """Note how far it is."""
        self.position = position


def records(*batches: Batch, begin: int = 0) -> Any:
    """Make what a fetch has brought from `begin` on."""
    return PlainRecords(PLACE, Batches(*batches), None, begin, None, None, True, 0)


def offsets(found: Sequence[Any]) -> list[int]:
    """Return the offsets of records."""
    return [record.offset for record in found]


def test_records_come_once_and_what_is_before_the_position_not_at_all() -> None:
    """A compressed batch begins before what was asked for; markers of transactions are no records."""
    some = records(
        Batch(3, 4, 5, following=6), Batch(6, following=7, control=True), Batch(8, following=10), begin=4
    )
    assert offsets(list(some)) == [4, 5, 8]
    assert some.next_fetch_offset == 10


def test_a_damaged_batch_is_an_error_after_what_was_good() -> None:
    """It is fetched again from there."""
    some = records(Batch(0, following=1), Batch(1, following=2, sound=False))
    with pytest.raises(CorruptRecordException):
        list(some)
    assert some.next_fetch_offset == 1


def test_a_poll_takes_a_part_and_the_next_one_goes_on() -> None:
    """The position is behind the last one that was given; an end is seen when there is nothing more."""
    some, place = records(Batch(0, 1, 2, following=3), Batch(3, 4, following=5)), Position()
    result: Any = PlainResult(PLACE, assignment=place, partition_records=some, backoff=0.0)
    assert offsets(result.getall(2)) == [0, 1]
    assert (place.position, result.has_more()) == (2, True)
    assert offsets(result.getall(3)) == [2, 3, 4]
    assert offsets(result.getall(3)) == []
    assert (place.position, result.has_more()) == (5, False)
