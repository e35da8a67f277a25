"""The account of `align` on a real broker, and the same readings counted again."""

import msgspec
import pytest
from blocks import flush
from kafka import KafkaProducer

from pdm.broker.embedded import EmbeddedKafka
from pdm.broker.flow import TOPICS, Counted, count, readings_of
from pdm.broker.topics import ALIGN_STATE, CONTROL, apply
from pdm.errors import BrokerError
from pdm.records.block import Source
from pdm.records.control import MaintenanceEnd
from pdm.records.flow import FLOW, Flow
from pdm.state import parts

BLOCKS = flush([("pump-1", "v-de", 10**9, 1.0, 3), ("pump-1", "t-oil", 10**9, 2.0, 3)], Source("s"))
ENCODE = msgspec.msgpack.encode
FLOW_OF_ALL = Flow((1, 0, 0, 0, 1), 2, 2, framed=0, open=2, late=0, duplicates=0, conflicts=0)


def test_the_readings_of_a_block_are_those_that_can_be_used() -> None:
    """What `align` would refuse counts as one message put aside."""
    broken = msgspec.structs.replace(BLOCKS[0], machine=b"\x09\x00\x00\x00")
    short = msgspec.structs.replace(BLOCKS[0], time=b"\x00")
    payloads = [ENCODE(block) for block in (BLOCKS[0], BLOCKS[3], broken, short)]
    assert [readings_of(payload) for payload in [*payloads, b"", b"poison"]] == [1, 0, -1, -1, -1, -1]


def test_the_balance_is_the_account_and_the_topics() -> None:
    """One reading more or less on the topics, or a count that does not add up, and it is none."""
    good = Counted(0, FLOW_OF_ALL, readings=2, put_aside=2, deleted=0, waiting=0)
    assert good.balanced
    assert not msgspec.structs.replace(good, readings=3).balanced
    assert msgspec.structs.replace(good, readings=1, deleted=9).balanced
    lost = msgspec.structs.replace(FLOW_OF_ALL, open=1)
    assert not msgspec.structs.replace(good, flow=lost).balanced


@pytest.mark.broker
def test_the_newest_account_that_counts_is_found_and_counted_again(fresh_kafka: EmbeddedKafka) -> None:
    """A row without its cursor does not count yet, and rows behind many others are found."""
    apply(fresh_kafka.bootstrap, 1)
    with pytest.raises(BrokerError, match="no account"):
        count(fresh_kafka.bootstrap)
    producer = KafkaProducer(bootstrap_servers=fresh_kafka.bootstrap)

    def put(topic: str, value: bytes, key: bytes | None = None) -> None:
        producer.send(topic, value, key=key, partition=0).get(timeout=10)

    for topic, block in zip(TOPICS[:4], BLOCKS, strict=True):
        put(topic, ENCODE(block))
    put(TOPICS[0], b"poison")
    put(CONTROL, ENCODE(MaintenanceEnd("e", "ann", 0, "pump-1", "m", None)))
    put(CONTROL, b"poison")
    put(TOPICS[0], ENCODE(BLOCKS[0]))
    put(ALIGN_STATE, ENCODE(FLOW_OF_ALL), b"0/flow/1/0")
    put(ALIGN_STATE, parts.encode(parts.Cursor([1, 0, 0, 0, 1], {FLOW: (1, 1)})), b"0/cursor")
    for chunk in range(100):
        put(ALIGN_STATE, b"row", f"0/{chunk}/0/0".encode())
    put(ALIGN_STATE, ENCODE(msgspec.structs.replace(FLOW_OF_ALL, late=9)), b"0/flow/0/0")
    producer.close()
    (found,) = count(fresh_kafka.bootstrap)
    assert found == Counted(0, FLOW_OF_ALL, readings=2, put_aside=2, deleted=0, waiting=1)
    assert found.balanced
