"""`pdmctl lag`."""

import json
import uuid

import pytest
from click.testing import CliRunner
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.structs import OffsetAndMetadata

from pdm.broker.embedded import EmbeddedKafka
from pdm.broker.topics import TopicSpec, apply
from pdm.cli.main import main

pytestmark = pytest.mark.broker


def test_lag_is_shown_as_a_table_and_as_json(kafka: EmbeddedKafka) -> None:
    """One row for each group, topic and partition, and the sum of all."""
    topic, group = f"lag-{uuid.uuid4()}", f"group-{uuid.uuid4()}"
    apply(kafka.bootstrap, 1, (TopicSpec(topic),))
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap)
    for _ in range(7):
        producer.send(topic, b"x").get(timeout=10)
    producer.close()
    consumer = KafkaConsumer(bootstrap_servers=kafka.bootstrap, group_id=group, enable_auto_commit=False)
    consumer.assign([TopicPartition(topic, 0)])
    consumer.commit({TopicPartition(topic, 0): OffsetAndMetadata(2, "", -1)})
    consumer.close()
    runner = CliRunner(env={"COLUMNS": "200", "PDM_BOOTSTRAP": kafka.bootstrap})
    told = json.loads(runner.invoke(main, ["lag", "--json"]).stdout)
    (ours,) = [one for one in told["partitions"] if one["group"] == group]
    assert ours == {"group": group, "topic": topic, "partition": 0, "committed": 2, "end": 7, "lag": 5}
    assert told["total"] == sum(one["lag"] for one in told["partitions"])
    (row,) = [line for line in runner.invoke(main, ["lag"]).stdout.splitlines() if group in line]
    assert [cell.strip() for cell in row.strip("│ ").split("│")] == [group, topic, "0", "2", "7", "5"]
