"""Line protocol end to end: a client library, the gateway as a process, blocks on the broker."""

import gc
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import influxdb
import influxdb_client
import msgspec
import numpy as np
import pytest
from influxdb_client.client.write_api import SYNCHRONOUS
from kafka import KafkaConsumer
from waiting import until

from pdm.broker import topics
from pdm.broker.embedded import EmbeddedKafka
from pdm.broker.ports import free_port
from pdm.chain.acquisition.pack import TOPICS
from pdm.records.block import Block, Machine

LINE = "vibration,machine=pump\\ 7,unit=m/s de=2.5,nde=3i 1780000000"


@pytest.fixture
def port(fresh_kafka: EmbeddedKafka, tmp_path: Path) -> Iterator[int]:
    """Run a gateway process on the broker, and return its port when it takes readings."""
    topics.apply(fresh_kafka.bootstrap, 1)
    port = free_port()
    command = [sys.executable, "-m", "pdm", "gateway", "--http", f"127.0.0.1:{port}", "--partitions", "1"]
    command += ["--bootstrap", fresh_kafka.bootstrap, "--data-dir", str(tmp_path)]
    settings = {**os.environ, "PDM_METRICS": f"127.0.0.1:{free_port()}"}
    with subprocess.Popen(command, env=settings) as process:
        until(lambda: _ready(port), 60)
        yield port
        process.terminate()
    with warnings.catch_warnings():
        # The client libraries leave sockets to the garbage collector: here, and not in another test.
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def _ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=10.0).is_success
    except httpx.TransportError:
        return False


@pytest.mark.e2e
@pytest.mark.broker
def test_what_clients_write_is_on_the_broker_when_they_are_answered(
    port: int, fresh_kafka: EmbeddedKafka
) -> None:
    """The old client and the new one, unchanged: each point is a block's row before the call returns."""
    old = influxdb.InfluxDBClient("127.0.0.1", port, database="plant")
    old.create_database("plant")
    old.write_points([LINE], time_precision="s", protocol="line")
    old.close()
    with influxdb_client.InfluxDBClient(f"http://127.0.0.1:{port}", token="t", org="o") as client:  # noqa: S106
        client.write_api(write_options=SYNCHRONOUS).write("plant", record=LINE, write_precision="s")
    found = blocks(fresh_kafka.bootstrap)
    assert [np.frombuffer(block.value).tolist() for block in found] == [[2.5, 3.0]] * 2
    assert {block.source.name for block in found} == {"plant"}
    (machine,) = msgspec.msgpack.decode(found[0].machines, type=list[Machine])
    assert machine.asset.startswith("pump-7-")


def blocks(bootstrap: str) -> list[Block]:
    """Read the blocks with readings that are there."""
    consumer: Any = KafkaConsumer(
        *TOPICS, bootstrap_servers=bootstrap, auto_offset_reset="earliest", consumer_timeout_ms=3_000
    )
    try:
        found = [msgspec.msgpack.decode(message.value, type=Block) for message in consumer]
        return [block for block in found if block.value]
    finally:
        consumer.close()
