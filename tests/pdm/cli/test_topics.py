"""`pdmctl topics`."""

import json

import pytest
from click.testing import CliRunner

from pdm.broker.embedded import EmbeddedKafka
from pdm.broker.topics import TOPICS
from pdm.cli.main import main

pytestmark = pytest.mark.broker


def run(*arguments: str) -> str:
    """Run `pdmctl` in this process and return what it printed."""
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_apply_creates_and_list_shows(fresh_kafka: EmbeddedKafka) -> None:
    """Missing before, as declared afterwards, and otherwise for a plant that wants more partitions."""
    broker = ("--bootstrap", fresh_kafka.bootstrap)
    assert run("topics", "list", *broker).count("missing") == len(TOPICS)
    created = json.loads(run("topics", "apply", *broker, "--partitions", "3", "--json"))
    assert created == {"created": [topic.name for topic in TOPICS], "declared": len(TOPICS)}
    assert run("topics", "apply", *broker, "--partitions", "3") == f"0 created, {len(TOPICS)} as declared\n"
    listed = json.loads(run("topics", "list", *broker, "--partitions", "3", "--json"))["topics"]
    assert {topic["name"]: topic["partitions"] for topic in listed} == {
        topic.name: topic.partitions(3) for topic in TOPICS
    }
    table = run("topics", "list", *broker, "--partitions", "6")
    assert table.count("has 3 partitions, wanted are 6") == sum(topic.partitioned for topic in TOPICS)
    assert "compact" in table
    assert all(topic.name in table for topic in TOPICS)


def test_another_partition_count_is_refused(kafka: EmbeddedKafka) -> None:
    """Status 1 and both counts."""
    broker = ("--bootstrap", kafka.bootstrap)
    run("topics", "apply", *broker, "--partitions", "4")
    result = CliRunner().invoke(main, ["topics", "apply", *broker, "--partitions", "5"])
    assert result.exit_code == 1
    assert "pdm.dm.frames.v1: has 4 partitions, wanted are 5" in result.output
