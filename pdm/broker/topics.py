"""Every topic of the service, declared once; created from here and never by a client's accident."""

from typing import Any

from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import TopicAlreadyExistsError
from msgspec import Struct

from pdm.broker.admin import admin
from pdm.broker.security import PLAIN, Security
from pdm.errors import BrokerError

MIB = 1 << 20


class TopicSpec(Struct, frozen=True):
    """One topic as it has to be.

    partitioned       : False where one partition is enough whatever the plant's size
    retention_bytes   : per partition; -1 keeps everything, as compacted topics do, and what people
                        changed. Age never deletes
    cleanup_policy    : "delete" (the oldest go first) or "compact" (the newest of each key stays)
    max_message_bytes : largest batch that the broker takes
    append_time       : stamp with the broker's clock, so that old data times do not trigger retention
    """

    name: str
    retention_bytes: int = 256 * MIB
    max_message_bytes: int = MIB
    cleanup_policy: str = "delete"
    partitioned: bool = True
    append_time: bool = True

    def partitions(self, count: int) -> int:
        """Return its number of partitions in a service of `count`."""
        return count if self.partitioned else 1

    def configs(self) -> dict[str, str]:
        """Return its configuration in Kafka's own words; what is not named is left to the cluster."""
        return {
            "cleanup.policy": self.cleanup_policy,
            "retention.bytes": str(self.retention_bytes),
            "retention.ms": "-1",
            "segment.bytes": str(16 * MIB),
            "max.message.bytes": str(self.max_message_bytes),
            "message.timestamp.type": "LogAppendTime" if self.append_time else "CreateTime",
        }


INGEST = "pdm.ingest.v1"
VIBRATION = "pdm.da.vibration.v1"
TEMPERATURE = "pdm.da.temperature.v1"
PRESSURE = "pdm.da.pressure.v1"
PROCESS = "pdm.da.process.v1"
WAVEFORM = "pdm.da.waveform.v1"
FRAMES = "pdm.dm.frames.v1"
BACKFILL = "pdm.dm.backfill.v1"
CONTROL = "pdm.ctl.v1"
EVENTS = "pdm.sd.events.v1"
SNAPSHOTS = "pdm.sd.snapshots.v1"
HEALTH = "pdm.ha.health.v1"
ADVICE = "pdm.ag.advice.v1"
DEAD_LETTERS = "pdm.dlq.v1"
ALIGN_STATE = "pdm-align-state-changelog"
MONITOR_STATE = "pdm-monitor-state-changelog"
ADVISOR_STATE = "pdm-advisor-state-changelog"

TOPICS = (
    TopicSpec(INGEST, retention_bytes=1024 * MIB),
    TopicSpec(VIBRATION, max_message_bytes=4 * MIB),
    TopicSpec(TEMPERATURE, max_message_bytes=4 * MIB),
    TopicSpec(PRESSURE, max_message_bytes=4 * MIB),
    TopicSpec(PROCESS, max_message_bytes=4 * MIB),
    TopicSpec(WAVEFORM, retention_bytes=1024 * MIB, max_message_bytes=5 * MIB),
    TopicSpec(FRAMES, retention_bytes=1024 * MIB, max_message_bytes=4 * MIB),
    TopicSpec(BACKFILL, retention_bytes=1024 * MIB, max_message_bytes=4 * MIB),
    TopicSpec(CONTROL, retention_bytes=-1),
    TopicSpec(EVENTS),
    TopicSpec(SNAPSHOTS, max_message_bytes=4 * MIB),
    TopicSpec(HEALTH),
    TopicSpec(ADVICE),
    TopicSpec(DEAD_LETTERS, partitioned=False),
    TopicSpec(ALIGN_STATE, retention_bytes=-1, max_message_bytes=2 * MIB, cleanup_policy="compact"),
    TopicSpec(MONITOR_STATE, retention_bytes=-1, max_message_bytes=2 * MIB, cleanup_policy="compact"),
    TopicSpec(ADVISOR_STATE, retention_bytes=-1, cleanup_policy="compact"),
)


class Topic(Struct, frozen=True):
    """One topic as the broker has it; partitions is 0 where it has none, differences say what is wrong."""

    name: str
    partitions: int
    configs: dict[str, str]
    differences: tuple[str, ...] = ()


def apply(
    bootstrap: str,
    partitions: int,
    topics: tuple[TopicSpec, ...] = TOPICS,
    security: Security = PLAIN,
) -> list[str]:
    """Create the topics that are missing and return their names; applying twice changes nothing.

    raises BrokerError if one is there with other partitions or another configuration: moving data
    between partitions would break the order of every machine, so that is for a person to decide
    """
    created = []
    wrong: list[str] = []
    with admin(bootstrap, security=security) as client:
        for spec, topic in zip(topics, _described(client, partitions, topics), strict=True):
            if topic.partitions == 0:
                created += _create(client, spec, partitions)
            wrong += [f"{topic.name}: {difference}" for difference in topic.differences]
    if wrong:
        raise BrokerError(f"the topics at {bootstrap} are not as declared:\n  " + "\n  ".join(wrong))
    return created


def describe(
    bootstrap: str,
    partitions: int,
    topics: tuple[TopicSpec, ...] = TOPICS,
    security: Security = PLAIN,
) -> list[Topic]:
    """Return each declared topic as the broker at `bootstrap` has it, in the declared order."""
    with admin(bootstrap, security=security) as client:
        return _described(client, partitions, topics)


def _described(client: Any, partitions: int, topics: tuple[TopicSpec, ...]) -> list[Topic]:
    present = {topic["name"]: len(topic["partitions"]) for topic in client.describe_topics()}
    names = [spec.name for spec in topics if spec.name in present]
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    answer = client.describe_configs(resources, config_filter="all") if resources else {}
    told: dict[str, Any] = next(iter(answer.values()), {})
    return [_compare(spec, present.get(spec.name, 0), told.get(spec.name, {}), partitions) for spec in topics]


def _compare(spec: TopicSpec, found: int, told: dict[str, dict[str, str]], partitions: int) -> Topic:
    if found == 0:
        return Topic(spec.name, 0, {})
    configs = {key: str(told[key]["value"]) for key in spec.configs()}
    differences = [
        f"{key} is {configs[key]}, declared is {value}"
        for key, value in spec.configs().items()
        if configs[key] != value
    ]
    if found != spec.partitions(partitions):
        differences.insert(0, f"has {found} partitions, wanted are {spec.partitions(partitions)}")
    return Topic(spec.name, found, configs, tuple(differences))


def _create(client: Any, spec: TopicSpec, partitions: int) -> list[str]:
    """Create one topic and wait until it has its leaders; none is named if another just did it."""
    wanted = {"num_partitions": spec.partitions(partitions), "configs": spec.configs()}
    try:
        client.create_topics({spec.name: wanted}, wait_for_metadata=True)
    except TopicAlreadyExistsError:
        return []
    return [spec.name]
