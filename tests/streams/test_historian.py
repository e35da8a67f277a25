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
from logs import START, LogRow, frames, rows
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


class Bench:
    """A broker's topics, a producer for them, and a history that a worker writes."""

    def __init__(self, bootstrap: str, folder: Path) -> None:
        topics.apply(bootstrap, 1)
        self.settings = structs.replace(Settings(), bootstrap=bootstrap, data_dir=folder, partitions=1)
        self._manifest = Manifest(self.settings.history_dir)
        self._producer = KafkaProducer(bootstrap_servers=bootstrap)

    def send(self, topic: str, payload: bytes) -> None:
        """Put a message on a topic."""
        self._producer.send(topic, payload, partition=0).get(10)

    def log(self, *parts: list[LogRow]) -> None:
        """Put frames into the ordered log, a message for each part."""
        for part in parts:
            self.send(topics.FRAMES, msgspec.msgpack.encode(frames(part)))

    def written(self, topic: str) -> int:
        """Say up to which offset the history is written."""
        return self._manifest.offsets().get((topic, 0), 0) if self._manifest.exists() else 0

    def close(self) -> None:
        """Let go of the broker."""
        self._producer.close()


def test_killed_and_started_again_it_has_every_reading_once(
    fresh_kafka: EmbeddedKafka, tmp_path: Path
) -> None:
    """Also what was imported; a message that cannot be read is passed over."""
    bench = Bench(fresh_kafka.bootstrap, tmp_path)
    worker = start(bench.settings)
    try:
        bench.log(PARTS[0])
        until(lambda: bench.written(topics.FRAMES) == 1, 60)
        bench.log(*PARTS[1:4])
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        bench.send(topics.FRAMES, b"poison")
        bench.log(*PARTS[4:])
        bench.send(topics.BACKFILL, msgspec.msgpack.encode(block([("pump-9", 1, ((0, 1.0),))])))
        worker = start(bench.settings)
        done = (len(PARTS) + 1, 1)
        until(lambda: (bench.written(topics.FRAMES), bench.written(topics.BACKFILL)) == done, 60)
    finally:
        worker.terminate()
        worker.wait(20)
        bench.close()
    found = points(bench.settings.history_dir)
    assert Counter(origin for *_, origin in found) == {"live": sum(len(c) for *_, c in ROWS), "backfill": 1}
    assert len({point[:3] for point in found}) == len(found)
    assert min(time for _, _, time, _, _ in found) == START
