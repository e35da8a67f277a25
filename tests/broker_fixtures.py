"""Fixtures that start a real Apache Kafka; each worker of a parallel test run has its own."""

from collections.abc import Iterator

import pytest

from pdm.broker.embedded import EmbeddedKafka


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedKafka]:
    """One embedded broker for the whole session, without topics: a test brings names of its own."""
    with EmbeddedKafka(tmp_path_factory.mktemp("kafka")) as broker:
        yield broker


@pytest.fixture
def fresh_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedKafka]:
    """A broker for one test alone (3 s), for tests that crash it or need the declared topics empty."""
    with EmbeddedKafka(tmp_path_factory.mktemp("kafka")) as broker:
        yield broker
