"""Fetched records as the client's own C code makes them, without the copy in Python that costs a microsecond.

aiokafka copies each into a `ConsumerRecord`; at hundreds of thousands a second that is a quarter of all
work. What is read here, offset, key, value and headers, both have. There is no public way, so this is for
a process that does nothing else, and tied to the versions that pyproject.toml allows.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException

_Usual: Any = fetcher.PartitionRecords
_UsualResult: Any = fetcher.FetchResult


class PlainRecords(_Usual):  # type: ignore[misc]
    """The records of one partition, as they are."""

    next_fetch_offset: int

    def __iter__(self) -> Iterator[Any]:
        """Give the generator itself: going through `__next__` costs a call for each record."""
        records: Iterator[Any] = self._records_iterator
        return records

    def _unpack_records(self) -> Iterator[Any]:
        """Give records batch by batch; as the usual one, without what only transactions need."""
        while self._records.has_next():
            batch = self._records.next_batch()
            if self._check_crcs and not batch.validate_crc():
                raise CorruptRecordException(f"Invalid CRC - {self._tp}")
            if not batch.is_control_batch:
                for record in batch:
                    offset = record.offset
                    if offset >= self.next_fetch_offset:
                        self.next_fetch_offset = offset + 1
                        yield record
            self.next_fetch_offset = batch.next_offset


class PlainResult(_UsualResult):  # type: ignore[misc]
    """What was fetched of one partition, handed over as a list in one go."""

    _partition_records: Any

    def getall(self, max_records: int | None = None) -> list[Any]:
        """Give so many records, or all; as the usual one, without a turn of a loop for each."""
        if not self.check_assignment(self._topic_partition) or not self.has_more():
            return []
        found = list(islice(self._partition_records, max_records))
        self._update_position()
        if max_records is None or len(found) < max_records:
            self._partition_records = None
        return found


def give_plain_records() -> None:
    """Have every consumer of this process give plain records from now on."""
    fetcher.PartitionRecords = PlainRecords
    fetcher.FetchResult = PlainResult
