"""How full the topics are of what a stage has yet to read: at 1 the broker deletes it unread."""

from collections.abc import Iterable, Mapping
from typing import Any

from kafka import TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import KafkaError
from msgspec import Struct

from pdm.broker.backlog import READS
from pdm.broker.topics import BACKFILL, FRAMES, TOPICS

READERS = {**READS, "historian": (FRAMES, BACKFILL)}
"""Stage -> the topics from which nothing may be deleted before it has read it."""

RETENTION = {spec.name: spec.retention_bytes for spec in TOPICS}
"""Topic -> bytes that are kept of each partition."""
_Place = tuple[str, int]


class Held(Struct, frozen=True):
    """What the broker holds of a partition: offsets from begin to before end, in so many bytes.

    size : None where the broker does not say
    """

    begin: int
    end: int
    size: int | None


class Fill(Struct, frozen=True, order=True):
    """The place where a stage is furthest behind.

    ratio : bytes it has yet to read there / bytes that the broker keeps, 0 to about 1
    """

    ratio: float
    topic: str = ""
    partition: int = 0


def fills(client: Any, retention: Mapping[str, int] = RETENTION) -> dict[str, Fill]:
    """Look how far behind each stage is that has ever acknowledged anything.

    client : for administration, see `admin`; asked are offsets and sizes, whatever the plant's size
    raises KafkaError
    """
    done = _committed(client)
    held = _held(client, sorted({topic for stage in done for topic in READERS[stage]}))
    return {stage: fullest(READERS[stage], offsets, held, retention) for stage, offsets in done.items()}


def fullest(
    topics: Iterable[str],
    done: Mapping[_Place, int],
    held: Mapping[_Place, Held],
    retention: Mapping[str, int] = RETENTION,
) -> Fill:
    """Find where a stage is furthest behind.

    done : the next offset it wants, by place; one it never acknowledged it wants from the beginning
    """
    wanted = set(topics)
    found = [
        Fill(share(done.get(place, 0), now, retention[place[0]]), *place)
        for place, now in held.items()
        if place[0] in wanted
    ]
    return max(found, default=Fill(0.0))


def share(wanted: int, held: Held, retention_bytes: int) -> float:
    """Say which part of the retention messages take up that are still wanted; they count as equally large.

    Where the size is not known, what is held counts as all there is room for once the broker deletes.
    """
    count = held.end - held.begin
    left = held.end - max(wanted, held.begin)
    if count <= 0 or left <= 0 or retention_bytes <= 0:
        return 0.0
    full = float(held.begin > 0) if held.size is None else held.size / retention_bytes
    return left / count * full


def _committed(client: Any) -> dict[str, dict[_Place, int]]:
    """Look up what each stage wants next; stages that never acknowledged anything are left out."""
    groups = {f"pdm-{stage}": stage for stage in READERS}
    told = client.list_group_offsets(list(groups))
    found = {
        groups[group]: {(p.topic, p.partition): at.offset for p, at in offsets.items() if at.offset >= 0}
        for group, offsets in told.items()
    }
    return {stage: offsets for stage, offsets in found.items() if offsets}


def _held(client: Any, topics: list[str]) -> dict[_Place, Held]:
    """Look up what is held of every partition of some topics."""
    if not topics:
        return {}
    places = [
        TopicPartition(topic["name"], partition["partition_index"])
        for topic in client.describe_topics(topics)
        for partition in topic["partitions"]
    ]
    sizes = _sizes(client, topics)
    begins = client.list_partition_offsets(dict.fromkeys(places, OffsetSpec.EARLIEST))
    ends = client.list_partition_offsets(dict.fromkeys(places, OffsetSpec.LATEST))
    return {
        (p.topic, p.partition): Held(begins[p].offset, ends[p].offset, sizes.get((p.topic, p.partition)))
        for p in places
    }


def _sizes(client: Any, topics: list[str]) -> dict[_Place, int]:
    """Look up how many bytes the logs have; nothing where a cluster does not let us ask."""
    try:
        brokers = client.describe_log_dirs(topics)
    except KafkaError:
        return {}
    found: dict[_Place, int] = {}
    for broker in brokers:
        for folder in broker["log_dirs"]:
            for topic in folder["topics"]:
                for partition in topic["partitions"]:
                    place = topic["name"], partition["partition_index"]
                    found[place] = max(found.get(place, 0), partition["partition_size"])
    return found
