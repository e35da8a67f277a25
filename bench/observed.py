"""What a service under test has left on its topics and in its store."""

import random
from collections.abc import Iterator
from typing import Any

import msgspec
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from pdm.broker.topics import (
    CONTROL,
    DEAD_LETTERS,
    EVENTS,
    FRAMES,
    INGEST,
    PRESSURE,
    PROCESS,
    TEMPERATURE,
    VIBRATION,
)
from pdm.history.manifest import Manifest
from pdm.history.read import FOLDER
from pdm.records.dead_letter import DeadLetter
from pdm.records.event import Event
from pdm.store.open import open_store
from pdm.store.protocol import EventQuery, View
from pdm.supervision.service import Service

POISONED = (VIBRATION, TEMPERATURE, PRESSURE, PROCESS, CONTROL, FRAMES, EVENTS, INGEST)
"""Topics that are read by a stage, each of which must survive messages that nobody can read."""


def put_poison(service: Service, count: int, seed: int) -> int:
    """Put messages that nobody can read into every topic that is read; returns how many."""
    rng = random.Random(seed)  # noqa: S311  (no secret)
    producer: Any = KafkaProducer(bootstrap_servers=service.bootstrap, acks="all")
    for number in range(count):
        topic, partition = POISONED[number % len(POISONED)], rng.randrange(service.settings.partitions)
        producer.send(topic, rng.randbytes(rng.randint(1, 2_000)), partition=partition)
    producer.flush()
    producer.close()
    return count


def _messages(bootstrap: str, topic: str) -> Iterator[bytes]:
    consumer: Any = KafkaConsumer(
        topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest", consumer_timeout_ms=5_000
    )
    try:
        for message in consumer:
            yield message.value
    finally:
        consumer.close()


def events_on_topic(bootstrap: str) -> list[Event]:
    """Read every event on the topic, repeats included; what is not one is poison."""
    found = []
    for value in _messages(bootstrap, EVENTS):
        try:
            found.append(msgspec.msgpack.decode(value, type=Event))
        except msgspec.MsgspecError:
            continue
    return found


def dead_letters(bootstrap: str) -> int:
    """Count the dead letters, each origin once."""
    letters = (msgspec.msgpack.decode(v, type=DeadLetter) for v in _messages(bootstrap, DEAD_LETTERS))
    return len({letter.key for letter in letters})


def rows_in_store(service: Service) -> list[Event]:
    """Read every revision in the store."""
    store = open_store(service.settings.store_url, writing=False)
    try:
        found: list[Event] = []
        cursor: str | None = None
        while True:
            page = store.events(EventQuery(view=View.REVISIONS), cursor, 1000)
            found += page.items
            cursor = page.next
            if cursor is None:
                return found
    finally:
        store.close()


def history_is_up(service: Service) -> bool:
    """Tell whether the history has all that is in the ordered log."""
    manifest = Manifest(service.settings.data_dir / FOLDER)
    if not manifest.exists():
        return False
    kept = manifest.offsets()
    consumer: Any = KafkaConsumer(bootstrap_servers=service.bootstrap)
    try:
        places = [TopicPartition(FRAMES, p) for p in consumer.partitions_for_topic(FRAMES) or ()]
        ends = consumer.end_offsets(places)
    finally:
        consumer.close()
    return all(kept.get((FRAMES, place.partition), 0) >= end for place, end in ends.items())
