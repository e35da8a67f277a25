"""The loop: nothing is acknowledged before the broker has it; on a real broker, nothing is lost."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import numpy as np
import pytest
from aiokafka.consumer import fetcher
from example_scripts import example
from fakes.gateway import NOW
from fakes.messages import good, polled
from fakes.outlet import FakeOutlet
from kafka import KafkaConsumer, KafkaProducer

from pdm.broker.embedded import EmbeddedKafka
from pdm.broker.fill import Fill
from pdm.broker.lag import lags
from pdm.broker.pressure import Pressure
from pdm.broker.topics import DEAD_LETTERS, INGEST, VIBRATION, apply
from pdm.chain.acquisition.pack import TOPICS
from pdm.errors import BrokerError
from pdm.gateway.kafka_outlet import KafkaOutlet
from pdm.ingest.loop import GROUP, Ingest, run
from pdm.ingest.plain import PlainRecords, PlainResult
from pdm.plant.load import load
from pdm.records.block import Block
from pdm.records.dead_letter import DeadLetter

PARTITIONS = 2


def taken(outlet: FakeOutlet, *values: bytes, pauses: list[float]) -> None:
    """Take one poll."""

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async def use() -> None:
        ingest = Ingest(load(), outlet, 1, lambda: NOW, pause)
        await ingest.deliver(ingest.judge(polled(*values)))

    asyncio.run(use())


def test_what_the_broker_does_not_take_is_sent_again() -> None:
    """Until it does, and the letters only then."""
    outlet, pauses = FakeOutlet(), list[float]()
    outlet.errors = [BrokerError("away"), BrokerError("away")]
    taken(outlet, good(1), b"poison", good(2), pauses=pauses)
    assert outlet.flushes == [[1.0, 2.0]] * 3
    assert len(pauses) == 2
    (message,) = outlet.messages
    assert (message.topic, message.key) == (DEAD_LETTERS, f"{INGEST}/0/1".encode())


def test_a_poll_waits_while_a_stage_is_far_behind() -> None:
    """Nothing goes on to the stage that is behind until it has caught up; then all of the poll does."""
    outlet, pressure = FakeOutlet(), Pressure()
    pressure.note({"align": Fill(0.7, VIBRATION, 0)})

    async def catch_up(_seconds: float) -> None:
        assert outlet.history == []
        pressure.note({"align": Fill(0.1, VIBRATION, 0)})

    async def use() -> None:
        ingest = Ingest(load(), outlet, 1, lambda: NOW, catch_up, pressure)
        await ingest.deliver(ingest.judge(polled(good(1))))

    asyncio.run(use())
    assert outlet.flushes == [[1.0]]


def _while_running(bootstrap: str, use: Callable[[], Awaitable[None]]) -> None:
    """Run the loop, do something, and stop the loop in order."""

    async def both() -> None:
        stop = asyncio.Event()
        ingest = Ingest(load(), KafkaOutlet(bootstrap, PARTITIONS, 20.0), PARTITIONS)
        task = asyncio.create_task(run(ingest, bootstrap, stop))
        await use()
        stop.set()
        await task

    asyncio.run(both())


async def _until_done(bootstrap: str, messages: int) -> None:
    """Wait until the group has acknowledged so many messages."""
    while True:
        found = await asyncio.to_thread(lags, bootstrap)
        if sum(lag.committed for lag in found if lag.group == GROUP) >= messages:
            return
        await asyncio.sleep(0.1)


def _all(bootstrap: str, *topics: str) -> list[Any]:
    consumer: Any = KafkaConsumer(
        *topics, bootstrap_servers=bootstrap, auto_offset_reset="earliest", consumer_timeout_ms=3_000
    )
    try:
        return list(consumer)
    finally:
        consumer.close()


@pytest.mark.broker
def test_both_usual_clients_deliver_in_order_and_poison_is_put_aside(
    fresh_kafka: EmbeddedKafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The examples with confluent-kafka and kafka-python; each machine's readings keep their order."""
    monkeypatch.setattr(fetcher, "PartitionRecords", PlainRecords)
    monkeypatch.setattr(fetcher, "FetchResult", PlainResult)
    bootstrap = fresh_kafka.bootstrap
    apply(bootstrap, PARTITIONS)
    for script, source, asset in (
        ("ingest_with_confluent", "librdkafka", "pump-1"),
        ("ingest_with_kafka_python", "python", "pump-2"),
    ):
        lines = [good(float(i), asset=asset, time=f"2026-01-01T00:00:00.{i:03d}Z") for i in range(100)]
        assert example(script).produce(bootstrap, source, lines) == 100
    poisonous = KafkaProducer(bootstrap_servers=bootstrap, acks="all")
    poisonous.send(INGEST, b"\xff poison", key=b"pump-2")
    poisonous.close()

    async def use() -> None:
        await _until_done(bootstrap, 201)

    _while_running(bootstrap, use)
    seen: dict[str, list[float]] = {}
    for record in _all(bootstrap, TOPICS[0]):
        block = msgspec.msgpack.decode(record.value, type=Block)
        seen.setdefault(block.source.name, []).extend(np.frombuffer(block.value).tolist())
    assert seen == {"librdkafka": [float(i) for i in range(100)], "python": [float(i) for i in range(100)]}
    (letter,) = [msgspec.msgpack.decode(r.value, type=DeadLetter) for r in _all(bootstrap, DEAD_LETTERS)]
    assert (letter.original, letter.message_key, letter.topic) == (b"\xff poison", b"pump-2", INGEST)


@pytest.mark.broker
def test_what_was_not_acknowledged_is_read_again(fresh_kafka: EmbeddedKafka) -> None:
    """A process that ends between the blocks and the acknowledgement: the next one delivers them again."""
    bootstrap = fresh_kafka.bootstrap
    apply(bootstrap, PARTITIONS)
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all")
    producer.send(INGEST, json.dumps([json.loads(good(1)), json.loads(good(2))]).encode(), key=b"pump-1")
    producer.close()

    class Killed(Exception):  # noqa: N818 - what happens to it, not an error
        pass

    class Crashing(Ingest):
        async def deliver(self, judged: Any) -> None:
            await super().deliver(judged)
            raise Killed

    async def crash() -> None:
        ingest = Crashing(load(), KafkaOutlet(bootstrap, PARTITIONS, 20.0), PARTITIONS)
        with pytest.raises(Killed):
            await run(ingest, bootstrap, asyncio.Event())

    async def use() -> None:
        await _until_done(bootstrap, 1)

    asyncio.run(crash())
    _while_running(bootstrap, use)
    blocks = [msgspec.msgpack.decode(r.value, type=Block) for r in _all(bootstrap, TOPICS[0])]
    assert [np.frombuffer(b.value).tolist() for b in blocks if b.value] == [[1.0, 2.0], [1.0, 2.0]]
