"""Resetting the state of a stage."""

import threading
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer
from waiting import until

from pdm.broker.embedded import EmbeddedKafka
from pdm.broker.state import reset
from pdm.broker.topics import FRAMES, MONITOR_STATE, apply
from pdm.errors import BrokerError

pytestmark = pytest.mark.broker


def test_every_row_is_taken_back_once(fresh_kafka: EmbeddedKafka) -> None:
    """On all partitions; what is taken back already is not counted again."""
    apply(fresh_kafka.bootstrap, 2)
    producer: Any = KafkaProducer(bootstrap_servers=fresh_kafka.bootstrap, acks="all")
    for number in range(30):
        producer.send(
            MONITOR_STATE, key=f"{number % 2}/{number % 6}".encode(), value=b"x", partition=number % 2
        )
    producer.flush()
    producer.close()
    assert reset(fresh_kafka.bootstrap, "monitor") == 6
    assert reset(fresh_kafka.bootstrap, "monitor") == 0


def test_a_stage_at_work_keeps_its_state(fresh_kafka: EmbeddedKafka) -> None:
    """It would write on in the middle of what is taken back."""
    apply(fresh_kafka.bootstrap, 2)
    consumer: Any = KafkaConsumer(
        FRAMES, bootstrap_servers=fresh_kafka.bootstrap, group_id="pdm-monitor", auto_offset_reset="earliest"
    )
    ending = threading.Event()

    def poll() -> None:
        while not ending.is_set():
            consumer.poll(timeout_ms=100)

    thread = threading.Thread(target=poll)
    thread.start()
    try:
        until(lambda: bool(consumer.assignment()))
        with pytest.raises(BrokerError, match="monitor is running"):
            reset(fresh_kafka.bootstrap, "monitor")
    finally:
        ending.set()
        thread.join()
        consumer.close()
