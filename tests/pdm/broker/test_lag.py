"""The lag of consumer groups, on a real broker."""

import uuid

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.structs import OffsetAndMetadata

from pdm.broker.embedded import EmbeddedKafka
from pdm.broker.lag import Lag, lags
from pdm.broker.topics import TopicSpec, apply
from pdm.errors import BrokerError

pytestmark = pytest.mark.broker


def test_lag_is_what_a_group_has_not_acknowledged(kafka: EmbeddedKafka) -> None:
    """Five messages sent and two acknowledged leave three, and a partition never read counts for nobody."""
    topic, group = f"lag-{uuid.uuid4()}", f"group-{uuid.uuid4()}"
    apply(kafka.bootstrap, 2, (TopicSpec(topic),))
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap)
    for _ in range(5):
        producer.send(topic, b"x", partition=1).get(timeout=10)
    producer.close()
    consumer = KafkaConsumer(bootstrap_servers=kafka.bootstrap, group_id=group, enable_auto_commit=False)
    consumer.assign([TopicPartition(topic, 1)])
    consumer.commit({TopicPartition(topic, 1): OffsetAndMetadata(2, "", -1)})
    consumer.close()
    assert [lag for lag in lags(kafka.bootstrap) if lag.group == group] == [Lag(group, topic, 1, 2, 5, 3)]


def test_an_absent_broker_is_named() -> None:
    """Where nobody listens the error says so at once, with the address."""
    with pytest.raises(BrokerError, match=r"no Kafka answers at 127\.0\.0\.1:1"):
        lags("127.0.0.1:1")
