"""The reference producer, run as the page for integrators says, against a real broker."""

import json
from typing import Any

import msgspec
import pytest
from blocks import frames_by_machine
from example_scripts import example
from kafka import KafkaConsumer

from pdm.broker.embedded import EmbeddedKafka
from pdm.broker.topics import apply
from pdm.chain.acquisition.pack import TOPICS
from pdm.chain.manipulation.align import align
from pdm.chain.manipulation.buffers import Buffers
from pdm.instant import NS
from pdm.plant.load import load
from pdm.records.block import Block, Source
from pdm.records.log import LogRecord

PARTITIONS = 2
START = 1_767_225_600
SECONDS = 30


def _line(second: int, channel: str, quantity: str, value: float, unit: str) -> bytes:
    reading = {"asset": "fan-3", "channel": channel, "quantity": quantity, "value": value, "unit": unit}
    return json.dumps({**reading, "time": START + second, "time_unit": "s"}).encode()


def _consumed(bootstrap: str) -> list[tuple[int, int, int, Block]]:
    """Read every block: its topic's index, partition, offset and content."""
    consumer: Any = KafkaConsumer(
        *TOPICS, bootstrap_servers=bootstrap, auto_offset_reset="earliest", consumer_timeout_ms=3000
    )
    try:
        return [
            (TOPICS.index(m.topic), m.partition, m.offset, msgspec.msgpack.decode(m.value, type=Block))
            for m in consumer
        ]
    finally:
        consumer.close()


@pytest.mark.broker
def test_what_the_reference_producer_delivers_becomes_frames(fresh_kafka: EmbeddedKafka) -> None:
    """Every reading is in a closed frame, in SI units, the last one too; the bad line has its verdict."""
    apply(fresh_kafka.bootstrap, PARTITIONS)
    lines = [_line(s, "speed", "speed", 1480, "rpm") for s in range(SECONDS)]
    lines += [_line(s, "casing", "temperature", 61.0, "degC") for s in range(SECONDS)]
    lines.sort(key=lambda line: json.loads(line)["time"])
    lines.insert(7, b'{"asset": "fan-3", "value": 1}')
    source, plant = Source("historian", "run-1", 0), load(None)

    (found,) = example("producer").produce(fresh_kafka.bootstrap, source, plant, lines)

    assert [(one.index, one.reason.value) for one in found.rejected] == [(7, "malformed")]
    assert len(found.columns) == 2 * SECONDS
    blocks = _consumed(fresh_kafka.bootstrap)
    assert {block.source for *_, block in blocks} == {source}
    assert len({partition for _, partition, _, _ in blocks}) == 1, "all of one machine is in one partition"
    buffers, records = Buffers(plant), list[LogRecord]()
    for topic, _, offset, block in blocks:
        records += align(buffers, topic, offset, block)[0]
    good = 3
    expected: dict[str, list[Any]] = {
        "fan-3": [
            ("fan-3", (START + s) * NS, (("casing", 334.15, good), ("speed", pytest.approx(1480 / 60), good)))
            for s in range(SECONDS)
        ]
    }
    assert frames_by_machine(records) == expected
