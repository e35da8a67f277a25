"""The historian on a real Kafka: killed while it writes, it has each reading once."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from histories import block, points
from kafka import KafkaProducer
from logs import START, frames, rows
from msgspec import structs
from waiting import until

from pdm.broker import topics
from pdm.broker.embedded import EmbeddedKafka
from pdm.history.manifest import Manifest
from pdm.settings import Settings, environment

pytestmark = pytest.mark.broker

ROWS = rows(3, 40, seed=8)
PARTS = [ROWS[i : i + 20] for i in range(0, len(ROWS), 20)]
START_HISTORIAN = """
import sys
import streams.historian
streams.historian.EVERY_SECONDS = 0.2
from streams.__main__ import main
main(["historian"])
"""


def start(settings: Settings) -> subprocess.Popen[bytes]:
    """Start the worker, which writes several times a second."""
    return subprocess.Popen(
        [sys.executable, "-c", START_HISTORIAN], env={**os.environ, **environment(settings)}
    )


def written(settings: Settings, topic: str) -> int:
    """Return how far the history has come in a topic."""
    manifest = Manifest(settings.history_dir)
    return manifest.offsets().get((topic, 0), 0) if manifest.exists() else 0


def send(bootstrap: str, topic: str, *payloads: bytes) -> None:
    """Send messages, and return when the broker has them."""
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    for payload in payloads:
        producer.send(topic, payload, partition=0).get(10)
    producer.close()


def test_killed_and_started_again_it_has_every_reading_once(
    fresh_kafka: EmbeddedKafka, tmp_path: Path
) -> None:
    """Also what was imported; a message that cannot be read is passed over."""
    where = fresh_kafka.bootstrap
    topics.apply(where, 1)
    settings = structs.replace(Settings(), bootstrap=where, data_dir=tmp_path, partitions=1)
    records = [msgspec.msgpack.encode(frames(part)) for part in PARTS]
    worker = start(settings)
    try:
        send(where, topics.FRAMES, records[0])
        until(lambda: written(settings, topics.FRAMES) == 1, 60)
        send(where, topics.FRAMES, *records[1:4])
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        send(where, topics.FRAMES, b"poison", *records[4:])
        send(where, topics.BACKFILL, msgspec.msgpack.encode(block([("pump-9", 1, ((0, 1.0),))])))
        worker = start(settings)
        until(lambda: written(settings, topics.FRAMES) == len(records) + 1, 60)
        until(lambda: written(settings, topics.BACKFILL) == 1, 60)
    finally:
        worker.terminate()
        worker.wait(20)
    found = points(settings.history_dir)
    assert Counter(origin for *_, origin in found) == {"live": sum(len(c) for *_, c in ROWS), "backfill": 1}
    assert len({point[:3] for point in found}) == len(found)
    assert min(time for _, _, time, _, _ in found) == START
