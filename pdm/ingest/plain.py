"""Fetched records as the client's own C code makes them, without the copy in Python that costs a microsecond.

aiokafka copies each into a `ConsumerRecord`; at hundreds of thousands a second that is a quarter of all
work. What is read here, offset, key, value and headers, both have. There is no public way, so this is for
a process that does nothing else, and tied to the versions that pyproject.toml allows.
"""

from typing import Any

from aiokafka.consumer import fetcher

_Usual: Any = fetcher.PartitionRecords


class PlainRecords(_Usual):  # type: ignore[misc]
    """The records of one partition, as they are."""

    def _consumer_record(self, _tp: object, record: object) -> object:
        return record


def give_plain_records() -> None:
    """Have every consumer of this process give plain records from now on."""
    fetcher.PartitionRecords = PlainRecords
