"""Reference producer: readings straight into the service's Kafka topics, with kafka-python.

    python docs/examples/producer.py --bootstrap HOST:PORT --source historian < readings.ndjson

Most integrators post over HTTP instead, and get a verdict for each reading. A producer like this one is
for bulk on the plant's own network. It does what the gateway does, in the same order: `admit` judges and
converts, `pack` makes one columnar block for each quantity topic of each partition, and nothing counts
as delivered before the broker has acknowledged it (acks=all). At the end it says how far each machine
has come, as `POST /v1/sources/{source}/end` does: otherwise the last frames would stay open.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from kafka import KafkaProducer

from pdm.broker.security import client, security
from pdm.chain.acquisition.admit import Admission, admit
from pdm.chain.acquisition.clock import closing, newest
from pdm.chain.acquisition.decode import NDJSON
from pdm.chain.acquisition.pack import TOPICS, Packed, frontier_only, pack
from pdm.plant.load import load
from pdm.plant.spec import Plant
from pdm.records.block import Machine, Source
from pdm.settings import read

LINES = 10_000
"""Readings in one flush."""
WAIT_S = 30


def produce(bootstrap: str, source: Source, plant: Plant, lines: Sequence[bytes]) -> list[Admission]:
    """Deliver readings, one JSON object a line; returns what became of each flush.

    raises KafkaError where the broker did not acknowledge; then send all of it again
    """
    producer = connect(bootstrap)
    admissions = []
    ends: dict[Machine, int] = {}
    try:
        partitions = len(producer.partitions_for(TOPICS[0]))
        for start in range(0, len(lines), LINES):
            found = admit(b"\n".join(lines[start : start + LINES]), NDJSON, plant, time.time_ns())
            admissions.append(found)
            send(producer, pack(found.columns, source, partitions, time.time_ns()))
            for machine, at in newest_of(found).items():
                ends[machine] = max(at, ends.get(machine, at))
        closed = {m: closing(at, plant.frame_ns, source.lateness_ns) for m, at in ends.items()}
        send(producer, frontier_only(closed, source, partitions, time.time_ns()))
    finally:
        producer.close()
    return admissions


def connect(bootstrap: str) -> Any:
    """Return a producer that keeps its order and delivers nothing twice by itself.

    How it gets into the broker, TLS and SASL, is said by the same variables as for the service.
    """
    return KafkaProducer(
        bootstrap_servers=bootstrap,
        **client(security(read(os.environ))),
        client_id="pdm-reference-producer",
        acks="all",
        enable_idempotence=True,
        max_request_size=4 * 1024 * 1024,
    )


def send(producer: Any, blocks: Sequence[Packed]) -> None:
    """Hand over blocks in their order, then wait until the broker has every one of them."""
    sent = [
        producer.send(packed.topic, value=msgspec.msgpack.encode(packed.block), partition=packed.partition)
        for packed in blocks
    ]
    for acknowledgement in sent:
        acknowledgement.get(timeout=WAIT_S)


def newest_of(found: Admission) -> dict[Machine, int]:
    """Find the newest data time of each machine of a flush, in ns."""
    columns = found.columns
    used, machine = np.unique(columns.machine, return_inverse=True)
    times = newest(machine, columns.time, len(used)).tolist()
    return {
        Machine(columns.assets[i], columns.classes[i]): at for i, at in zip(used.tolist(), times, strict=True)
    }


def main() -> None:
    """Read NDJSON from standard input and deliver it."""
    parser = argparse.ArgumentParser(description="Deliver readings straight into the quantity topics.")
    parser.add_argument("--bootstrap", required=True, help="HOST:PORT of the broker")
    parser.add_argument("--source", default="default", help="who delivers; its lateness is the plant file's")
    parser.add_argument("--run", default="", help="namespace of a replay run")
    parser.add_argument("--plant", type=Path, help="the plant file of the service")
    said = parser.parse_args()
    plant = load(said.plant)
    lateness_ns = plant.sources.get(said.source, Source(said.source)).lateness_ns
    source = Source(said.source, said.run, lateness_ns)
    admissions = produce(said.bootstrap, source, plant, sys.stdin.buffer.read().splitlines())
    for start, found in enumerate(admissions):
        for refused in found.rejected:
            place = start * LINES + refused.index
            print(f"line {place}: {refused.reason}: {refused.detail}", file=sys.stderr)  # noqa: T201 - a script
    print(f"{sum(len(found.columns) for found in admissions)} readings delivered")  # noqa: T201 - a script


if __name__ == "__main__":
    main()
