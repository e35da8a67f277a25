"""A recorder as a process of its own, and messages for it."""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from kafka import KafkaProducer

from pdm.broker.topics import ADVICE, CONTROL, EVENTS, HEALTH
from pdm.records.advice import Advice
from pdm.records.event import Event
from pdm.records.status import AssetStatus
from pdm.settings import Settings, environment
from pdm.store.protocol import Row

PARTITIONS = 2


@contextmanager
def recorder(folder: Path, bootstrap: str, store: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a recorder; its output is in `folder/recorder.log`."""
    settings = Settings(bootstrap=bootstrap, store=store, data_dir=folder / "data", partitions=PARTITIONS)
    variables = {**os.environ, **environment(settings), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "streams", "recorder"]
    with (folder / "recorder.log").open("ab") as log:
        process = subprocess.Popen(command, env=variables, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


TOPIC_OF: dict[type, str] = {Event: EVENTS, Advice: ADVICE, AssetStatus: HEALTH}


def send(bootstrap: str, rows: Iterable[Row], *, poison: int = 0) -> None:
    """Send records as the stages do: each to its topic, a machine's to one partition; poison with them."""
    producer: Any = KafkaProducer(bootstrap_servers=bootstrap, acks="all")
    for row in rows:
        topic = TOPIC_OF.get(type(row), CONTROL)
        body = msgspec.msgpack.encode([row] if topic == HEALTH else row)
        producer.send(topic, body, partition=sum(getattr(row, "asset", "").encode()) % PARTITIONS)
    for number in range(poison):
        producer.send(EVENTS, b"\xc1 nobody can read this", partition=number % PARTITIONS)
    producer.flush()
    producer.close()
