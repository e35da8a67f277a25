"""Dead letters as people see them: read from their topic, shown safely, put back where they came from."""

import time
from collections.abc import Iterator
from typing import Any

import msgspec
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError
from msgspec import Struct

from pdm.broker.admin import admin
from pdm.broker.security import PLAIN, Security, client
from pdm.broker.topics import DEAD_LETTERS, INGEST
from pdm.errors import BrokerError
from pdm.records.dead_letter import DeadLetter

REPLAYED_HEADER = "pdm-replayed"
"""On a message that was put back: the key of its dead letter."""
WITHIN_S = 30.0


class Letter(Struct, frozen=True):
    """A dead letter on its topic; time_ns : when it was written. replayed : it was put back since."""

    key: str
    time_ns: int
    letter: DeadLetter
    replayed: bool


def letters(bootstrap: str, security: Security = PLAIN) -> list[Letter]:
    """Read all dead letters that the topic still holds, the oldest first; of one origin, the newest.

    raises BrokerError if the broker does not answer
    """
    found: dict[str, Letter] = {}
    for record in _records(bootstrap, security):
        key = (record.key or b"").decode("utf-8", "replace")
        if record.value is None:
            if key in found:
                found[key] = msgspec.structs.replace(found[key], replayed=True)
            continue
        try:
            letter = msgspec.msgpack.decode(record.value, type=DeadLetter)
        except msgspec.MsgspecError:
            continue
        found.pop(key, None)
        found[key] = Letter(key, record.timestamp * 1_000_000, letter, replayed=False)
    return list(found.values())


def why_not(letter: DeadLetter) -> str:
    """Say why a letter cannot be put back, "" where it can."""
    if letter.topic != INGEST:
        return (
            f"only messages of {INGEST} can be put back: what {letter.topic} holds, the service itself wrote"
        )
    if letter.length != len(letter.original):
        return f"only the first {len(letter.original)} of its {letter.length} bytes were kept"
    return ""


def replay(bootstrap: str, chosen: list[Letter], security: Security = PLAIN) -> None:
    """Put originals back on their topic in the order given, and mark their letters as replayed.

    A message goes to the partition it came from, with its key and what it said in its headers.
    raises BrokerError where the broker did not take all of them; then some may be there already
    """
    try:
        producer = KafkaProducer(
            bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, **client(security)
        )
    except KafkaError as error:
        raise BrokerError(f"no Kafka answers at {bootstrap}: {error}") from error
    try:
        for one in chosen:
            said = [*one.letter.headers, (REPLAYED_HEADER, one.key.encode())]
            where = {"key": one.letter.message_key, "partition": one.letter.partition, "headers": said}
            producer.send(one.letter.topic, one.letter.original, **where).get(timeout=WITHIN_S)
            producer.send(DEAD_LETTERS, None, key=one.key.encode(), partition=0).get(timeout=WITHIN_S)
    except KafkaError as error:
        raise BrokerError(f"the broker did not take {one.key}: {error}") from error
    finally:
        producer.close()


def escaped(content: bytes) -> str:
    """Write bytes so that a terminal shows them and does nothing else: line breaks and print alone stay."""
    text = content.decode("utf-8", "backslashreplace")
    return "".join(
        letter if letter.isprintable() or letter == "\n" else letter.encode("unicode_escape").decode()
        for letter in text
    )


def _records(bootstrap: str, security: Security) -> Iterator[Any]:
    """Read the topic from its beginning to the end it has now."""
    with admin(bootstrap, security=security):
        pass
    consumer: Any = KafkaConsumer(bootstrap_servers=bootstrap, **client(security))
    try:
        parts = [TopicPartition(DEAD_LETTERS, p) for p in consumer.partitions_for_topic(DEAD_LETTERS) or ()]
        ends = consumer.end_offsets(parts)
        consumer.assign(parts)
        consumer.seek_to_beginning(*parts)
        deadline = time.monotonic() + WITHIN_S
        while any(consumer.position(part) < ends[part] for part in parts):
            if time.monotonic() > deadline:
                raise BrokerError(f"{DEAD_LETTERS} could not be read within {WITHIN_S:g} s")
            for records in consumer.poll(timeout_ms=500).values():
                yield from records
    except KafkaError as error:
        raise BrokerError(f"the Kafka at {bootstrap} refused: {error}") from error
    finally:
        consumer.close()
