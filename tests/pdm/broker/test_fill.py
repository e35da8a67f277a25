"""How full topics are of what is unread: by counting, and on a real broker."""

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.structs import OffsetAndMetadata
from waiting import until

from pdm.broker.admin import admin
from pdm.broker.embedded import EmbeddedKafka
from pdm.broker.fill import Fill, Held, fills, fullest, share
from pdm.broker.pressure import Pressure, Watch
from pdm.broker.topics import FRAMES, PROCESS, VIBRATION, apply

MIB = 1 << 20


@pytest.mark.parametrize(
    ("wanted", "held", "expected"),
    [
        (0, Held(0, 0, 0), 0.0),
        (100, Held(0, 100, 64 * MIB), 0.0),
        (25, Held(0, 100, 64 * MIB), 0.1875),
        (150, Held(100, 200, 256 * MIB), 0.5),
        (7, Held(100, 200, 256 * MIB), 1.0),
        (150, Held(100, 200, None), 0.5),
        (0, Held(0, 200, None), 0.0),
        (300, Held(0, 200, 64 * MIB), 0.0),
    ],
)
def test_what_is_unread_counts_by_its_bytes(wanted: int, held: Held, expected: float) -> None:
    """Half of a log of a quarter of the retention is an eighth; the deleted counts no more."""
    assert share(wanted, held, 256 * MIB) == pytest.approx(expected)


def test_the_fullest_place_speaks_for_a_stage() -> None:
    """A partition never acknowledged is unread from its beginning; topics of others do not count."""
    held = {
        (VIBRATION, 0): Held(0, 100, 128 * MIB),
        (VIBRATION, 1): Held(0, 100, 64 * MIB),
        (FRAMES, 0): Held(0, 100, 1024 * MIB),
    }
    assert fullest((VIBRATION, PROCESS), {(VIBRATION, 0): 90}, held) == Fill(0.25, VIBRATION, 1)
    assert fullest((PROCESS,), {}, held) == Fill(0.0)


@pytest.mark.broker
def test_a_real_broker_says_what_is_unread(fresh_kafka: EmbeddedKafka) -> None:
    """Thirty of forty messages are unread: three quarters of the log's bytes, and the watch sees it too."""
    apply(fresh_kafka.bootstrap, 1)
    producer = KafkaProducer(bootstrap_servers=fresh_kafka.bootstrap)
    for _ in range(40):
        producer.send(FRAMES, b"x" * 10_000, partition=0).get(timeout=10)
    producer.close()
    consumer = KafkaConsumer(
        bootstrap_servers=fresh_kafka.bootstrap, group_id="pdm-monitor", enable_auto_commit=False
    )
    consumer.assign([TopicPartition(FRAMES, 0)])
    consumer.commit({TopicPartition(FRAMES, 0): OffsetAndMetadata(10, "", -1)})
    consumer.close()
    small = {FRAMES: 500_000}
    with admin(fresh_kafka.bootstrap) as client:
        found = fills(client, small)
    (stage, place), *others = found.items()
    assert (stage, place.topic, place.partition, others) == ("monitor", FRAMES, 0, [])
    assert place.ratio == pytest.approx(0.6, abs=0.02)
    pressure = Pressure()
    with Watch(pressure, fresh_kafka.bootstrap, retention=small):
        until(lambda: pressure.why != "")
    assert pressure.why.startswith("readings are held back: monitor has yet to read 60%")
