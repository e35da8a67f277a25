"""The declared topics, and what happens when a broker's differ."""

import uuid

import pytest

from pdm.broker.embedded import EmbeddedKafka
from pdm.broker.topics import CONTROL, MIB, TOPICS, TopicSpec, apply, describe
from pdm.errors import BrokerError


def test_names_are_unique_and_versioned_or_a_changelog() -> None:
    """Breaking a schema means a new version, so each topic of records says which one it is."""
    names = [topic.name for topic in TOPICS]
    assert len(set(names)) == len(names)
    assert all(name.endswith(("v1", "-changelog")) for name in names)


def test_age_never_deletes_anything() -> None:
    """Old data times must not trigger retention: bytes decide, but for state and what people change."""
    for topic in TOPICS:
        configs = topic.configs()
        assert configs["retention.ms"] == "-1"
        assert configs["message.timestamp.type"] == "LogAppendTime"
        state = topic.name.endswith("-changelog")
        assert (configs["cleanup.policy"] == "compact") == state
        assert (configs["retention.bytes"] == "-1") == (state or topic.name == CONTROL)


@pytest.mark.broker
def test_applying_twice_changes_nothing(fresh_kafka: EmbeddedKafka) -> None:
    """The first time creates every declared topic as declared, the second time none."""
    assert apply(fresh_kafka.bootstrap, 3) == [topic.name for topic in TOPICS]
    assert apply(fresh_kafka.bootstrap, 3) == []
    found = describe(fresh_kafka.bootstrap, 3)
    assert [topic.differences for topic in found] == [()] * len(TOPICS)
    assert [topic.configs for topic in found] == [topic.configs() for topic in TOPICS]
    assert {topic.name: topic.partitions for topic in found} == {
        topic.name: 3 if topic.partitioned else 1 for topic in TOPICS
    }


@pytest.mark.broker
def test_a_missing_topic_is_described_as_absent(kafka: EmbeddedKafka) -> None:
    """A topic that is declared but not there has no partitions and no difference."""
    (found,) = describe(kafka.bootstrap, 2, (TopicSpec(f"absent-{uuid.uuid4()}"),))
    assert (found.partitions, found.differences) == (0, ())


@pytest.mark.broker
def test_another_partition_count_is_refused(kafka: EmbeddedKafka) -> None:
    """Partitions cannot be changed without moving machines between them: the error names both counts."""
    topic = TopicSpec(f"count-{uuid.uuid4()}")
    apply(kafka.bootstrap, 2, (topic,))
    with pytest.raises(BrokerError, match=f"{topic.name}: has 2 partitions, wanted are 4"):
        apply(kafka.bootstrap, 4, (topic,))


@pytest.mark.broker
def test_another_configuration_is_refused(kafka: EmbeddedKafka) -> None:
    """A topic with another retention is named with both values, and left as it is."""
    name = f"config-{uuid.uuid4()}"
    apply(kafka.bootstrap, 1, (TopicSpec(name, retention_bytes=MIB),))
    with pytest.raises(BrokerError, match=r"retention\.bytes is 1048576, declared is 2097152"):
        apply(kafka.bootstrap, 1, (TopicSpec(name, retention_bytes=2 * MIB),))
    (found,) = describe(kafka.bootstrap, 1, (TopicSpec(name),))
    assert found.configs["retention.bytes"] == "1048576"
