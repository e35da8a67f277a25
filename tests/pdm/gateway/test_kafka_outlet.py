"""The outlet on a real broker: acknowledged, in order, and with an answer when the broker is away."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import pytest
from fakes.gateway import batch
from kafka import KafkaConsumer, TopicPartition

from pdm.broker import topics
from pdm.broker.embedded import EmbeddedKafka
from pdm.broker.ports import free_port
from pdm.chain.acquisition.admit import admit
from pdm.chain.acquisition.decode import JSON
from pdm.chain.acquisition.pack import TOPICS, Packed, pack
from pdm.chain.acquisition.waveform import SAMPLES
from pdm.errors import BrokerError
from pdm.gateway.kafka_outlet import KafkaOutlet
from pdm.gateway.outlet import Outgoing
from pdm.plant.load import load
from pdm.records.block import Block, Source


def flush(value: float) -> list[Packed]:
    """Make the blocks of one flush."""
    return pack(admit(batch(value), JSON, load(), 2**62).columns, Source(), 1, int(value))


def run(bootstrap: str, use: Callable[[KafkaOutlet], Awaitable[None]], patience_s: float = 20.0) -> None:
    """Use an outlet, and let go of it."""

    async def using() -> None:
        outlet = KafkaOutlet(bootstrap, 1, patience_s)
        try:
            await use(outlet)
        finally:
            await outlet.close()

    asyncio.run(using())


def delivered(bootstrap: str, count: int) -> list[int]:
    """Read what is in the first topic: when each block was accepted."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, consumer_timeout_ms=10_000)
    try:
        place = TopicPartition(TOPICS[0], 0)
        consumer.assign([place])
        consumer.seek_to_beginning(place)
        found: list[int] = []
        for record in consumer:
            found.append(msgspec.msgpack.decode(record.value, type=Block).accepted_ns)
            if len(found) == count:
                break
        return found
    finally:
        consumer.close()


@pytest.mark.broker
def test_flushes_arrive_in_order_and_a_crashed_broker_is_survived(fresh_kafka: EmbeddedKafka) -> None:
    """Flushes keep their order; while the broker is down clients are told; afterwards it goes on."""
    topics.apply(fresh_kafka.bootstrap, 1)

    async def use(outlet: KafkaOutlet) -> None:
        await outlet.check()
        await asyncio.gather(*(outlet.send(flush(n)) for n in range(20)))
        fresh_kafka.kill()
        with pytest.raises(BrokerError):
            await outlet.send(flush(20))
        with pytest.raises(BrokerError, match="not yet acknowledged"):
            await outlet.send(flush(21))
        with pytest.raises(BrokerError):
            await outlet.check()
        await asyncio.to_thread(fresh_kafka.start)
        await insist(outlet, flush(22))

    run(fresh_kafka.bootstrap, use, patience_s=3.0)
    found = delivered(fresh_kafka.bootstrap, 22)
    assert found[:20] == list(range(20))
    assert 21 not in found
    assert found[-1] == 22


async def insist(outlet: KafkaOutlet, blocks: list[Packed]) -> None:
    """Send as a client does that is told to come later."""
    for _ in range(200):
        try:
            return await outlet.send(blocks)
        except BrokerError:
            await asyncio.sleep(0.1)
    raise AssertionError("the broker never came back")


@pytest.mark.broker
def test_topics_that_are_not_as_declared_are_not_ready(fresh_kafka: EmbeddedKafka) -> None:
    """The number of partitions decides where a machine lives: another one is refused."""
    topics.apply(fresh_kafka.bootstrap, 2)

    async def use(outlet: KafkaOutlet) -> None:
        with pytest.raises(BrokerError, match="has 2 partitions, wanted are 1"):
            await outlet.check()

    run(fresh_kafka.bootstrap, use)


def test_an_absent_broker_is_told_in_time() -> None:
    """Nobody listens: sending and checking say so, and closing does not wait."""

    async def use(outlet: KafkaOutlet) -> None:
        with pytest.raises(BrokerError):
            await outlet.send(flush(1))
        with pytest.raises(BrokerError, match="does not answer"):
            await outlet.check()

    run(f"127.0.0.1:{free_port()}", use, patience_s=1.0)


@pytest.mark.broker
def test_the_largest_waveform_fits_a_message(fresh_kafka: EmbeddedKafka) -> None:
    """A million samples of float32, and what stands around them."""
    topics.apply(fresh_kafka.bootstrap, 1)
    largest = bytes(4 * SAMPLES[1] + 1_000)

    async def use(outlet: KafkaOutlet) -> None:
        await outlet.put([Outgoing(topics.WAVEFORM, 0, largest, b"pump-1")])

    run(fresh_kafka.bootstrap, use)
    consumer = KafkaConsumer(bootstrap_servers=fresh_kafka.bootstrap, consumer_timeout_ms=10_000)
    place = TopicPartition(topics.WAVEFORM, 0)
    consumer.assign([place])
    consumer.seek_to_beginning(place)
    record = next(consumer)
    consumer.close()
    assert (record.key, len(record.value)) == (b"pump-1", len(largest))
