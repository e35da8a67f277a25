"""How far each consumer group is behind: what the topics hold and the group has not acknowledged."""

from typing import Any

from kafka import TopicPartition
from kafka.admin import OffsetSpec
from msgspec import Struct

from pdm.broker.admin import admin
from pdm.broker.groups import groups
from pdm.broker.security import PLAIN, Security


class Lag(Struct, frozen=True, order=True):
    """One consumer group on one partition.

    committed : the next offset the group wants
    end       : the next offset the broker will give
    lag       : messages between the two; what retention has deleted meanwhile still counts
    """

    group: str
    topic: str
    partition: int
    committed: int
    end: int
    lag: int


def lags(bootstrap: str, security: Security = PLAIN) -> list[Lag]:
    """Return the lag of every group that has acknowledged anything, sorted by group, topic, partition.

    raises BrokerError if the broker does not answer
    """
    with admin(bootstrap, security=security) as client:
        committed = _committed(client)
        wanted = {place for places in committed.values() for place in places}
        ends = client.list_partition_offsets(dict.fromkeys(wanted, OffsetSpec.LATEST)) if wanted else {}
    return sorted(
        Lag(group, place.topic, place.partition, offset, end, max(0, end - offset))
        for group, places in committed.items()
        for place, offset in places.items()
        for end in [ends[place].offset]
    )


def _committed(client: Any) -> dict[str, dict[TopicPartition, int]]:
    """Return group -> partition -> committed offset; -1, which means none, is left out."""
    names = [group["group_id"] for group in groups(client)]
    told = client.list_group_offsets(names) if names else {}
    return {
        group: {place: found.offset for place, found in offsets.items() if found.offset >= 0}
        for group, offsets in told.items()
    }
