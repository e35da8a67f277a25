"""Ingest: single JSON readings waiting on the topic, until one process has packed and acknowledged them all.

The topic is filled first, by a producer that is not measured. The process counts a reading when the broker
has acknowledged its block; measured is from the first such count that is seen to the last.
"""

import os
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from confluent_kafka import Producer
from msgspec import Struct, structs

from bench.progress import say
from bench.workload import CHANNELS, assets
from pdm.broker.embedded import EmbeddedKafka
from pdm.broker.ports import free_port
from pdm.broker.processes import Child
from pdm.broker.topics import INGEST, apply
from pdm.chain.acquisition.admit import admit
from pdm.chain.acquisition.decode import NDJSON
from pdm.ingest.judge import MOST_LINES
from pdm.instant import rfc3339
from pdm.plant.load import load
from pdm.settings import Address, environment, read

MACHINES, READINGS, PARTITIONS = 2_500, 2_000_000, 4
START_NS = 1_767_225_600 * 1_000_000_000
PATIENCE_S = 300.0

_COUNTED = re.compile(r'^pdm_readings_total\{quantity="\w+"\} (\S+)$', re.MULTILINE)
_SPENT = re.compile(r"^process_cpu_seconds_total (\S+)$", re.MULTILINE)


class Ingested(Struct, frozen=True):
    """Figures of one process beside its broker, on this machine.

    readings_per_s       : from the first count that was seen to the last
    cpu_us_per_reading   : of the process alone, its start left out
    admit_us_per_reading : what judging alone costs here and now, for comparison with other machines
    """

    readings_per_s: int
    cpu_us_per_reading: float
    admit_us_per_reading: float
    readings: int
    bytes_per_reading: int
    seconds: float


def run(seed: int = 7, readings: int = READINGS) -> Ingested:
    """Fill the topic, and let one process empty it."""
    del seed  # nothing is drawn
    with tempfile.TemporaryDirectory(prefix="pdm-bench-") as place, EmbeddedKafka(Path(place) / "k") as kafka:
        apply(kafka.bootstrap, PARTITIONS)
        say(f"filling {INGEST} with {readings:,} readings")
        sent = _fill(kafka.bootstrap, readings)
        say("one process takes them")
        looks = _emptied(kafka.bootstrap, Path(place), readings)
    (began, first, spent), (ended, last, spent_then) = looks[0], looks[-1]
    return Ingested(
        readings_per_s=round((last - first) / (ended - began)),
        cpu_us_per_reading=round((spent_then - spent) / (last - first) * 1e6, 2),
        admit_us_per_reading=_judging(),
        readings=readings,
        bytes_per_reading=sent // readings,
        seconds=round(ended - began, 2),
    )


def _fill(bootstrap: str, readings: int) -> int:
    """Send readings second by second, keyed by machine; returns the bytes of their values."""
    producer = Producer(
        {"bootstrap.servers": bootstrap, "partitioner": "murmur2_random", "linger.ms": 50, "acks": "all"}
    )
    names, sent = assets(MACHINES), 0
    for number in range(readings):
        asset, value = _reading(number, names)
        sent += len(value)
        while True:
            try:
                producer.produce(INGEST, value, asset)
            except BufferError:
                producer.poll(0.1)
            else:
                break
    if producer.flush(60):
        raise RuntimeError("the topic could not be filled")
    return sent


def _reading(number: int, names: Sequence[str]) -> tuple[str, bytes]:
    """Write one reading: all channels of all machines in one second, then the next second."""
    rest, channel = divmod(number, len(CHANNELS))
    second, machine = divmod(rest, MACHINES)
    c, at = CHANNELS[channel], rfc3339(START_NS + second * 1_000_000_000)
    said = f'"asset":"{names[machine]}","channel":"{c.name}","quantity":"{c.quantity}","unit":"{c.unit}"'
    return names[machine], f'{{{said},"time":"{at}","value":{2.3 + channel + 1e-6 * number!r}}}'.encode()


def _judging(count: int = MOST_LINES, times: int = 20) -> float:
    """Judge one poll's readings again and again; returns CPU us per reading."""
    names, plant = assets(MACHINES), load(None)
    body = b"\n".join(_reading(number, names)[1] for number in range(count))
    admit(body, NDJSON, plant, time.time_ns())
    began = time.process_time()
    for _ in range(times):
        admit(body, NDJSON, plant, time.time_ns())
    return round((time.process_time() - began) / count / times * 1e6, 2)


def _emptied(bootstrap: str, folder: Path, readings: int) -> list[tuple[float, float, float]]:
    """Run the process, and look at it until it has counted everything: (when, counted, CPU seconds)."""
    port = free_port()
    own = structs.replace(
        read({}),
        bootstrap=bootstrap,
        partitions=PARTITIONS,
        data_dir=folder,
        metrics=Address("127.0.0.1", port),
    )
    child = Child(
        [sys.executable, "-m", "pdm", "ingest"], folder / "ingest.log", {**os.environ, **environment(own)}
    )
    looks: list[tuple[float, float, float]] = []
    deadline = time.monotonic() + PATIENCE_S
    try:
        while not looks or looks[-1][1] < readings:
            if child.status() is not None or time.monotonic() > deadline:
                raise RuntimeError((folder / "ingest.log").read_text("utf-8")[-2_000:])
            time.sleep(0.1)
            counted, spent = _look(port)
            if counted:
                looks.append((time.monotonic(), counted, spent))
    finally:
        child.stop()
    return looks


def _look(port: int) -> tuple[float, float]:
    """Read what the process has counted so far, and what it has spent; zeros while it starts."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5.0) as answer:
            page = answer.read().decode()
    except (URLError, ConnectionError, TimeoutError):
        return 0.0, 0.0
    spent = _SPENT.search(page)
    return sum(map(float, _COUNTED.findall(page))), float(spent[1]) if spent else 0.0
