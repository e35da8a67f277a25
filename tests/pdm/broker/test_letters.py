"""Dead letters: shown so that a terminal stays as it is, and put back on a real broker."""

import hashlib
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result
from kafka import KafkaConsumer, KafkaProducer

from pdm.broker.embedded import EmbeddedKafka
from pdm.broker.letters import escaped, letters, why_not
from pdm.broker.topics import DEAD_LETTERS, FRAMES, INGEST, apply
from pdm.cli.main import main
from pdm.records.dead_letter import DeadLetter
from pdm.records.reading import Reason


def letter(offset: int, **changes: Any) -> DeadLetter:
    """Make a dead letter of the ingest topic."""
    original = changes.pop("original", b'{"asset": "pump-1"}')
    usual: dict[str, Any] = {
        "topic": INGEST,
        "partition": 1,
        "offset": offset,
        "reason": Reason.MALFORMED,
        "detail": "field is missing",
        "length": len(original),
        "sha256": hashlib.sha256(original).hexdigest(),
        "original": original,
        "message_key": b"pump-1",
        "headers": (("pdm-source", b"plc"),),
    }
    return DeadLetter(**{**usual, **changes})


def test_nothing_that_a_terminal_would_obey_is_left() -> None:
    """Escape sequences, bells, bytes that are no text; letters and line breaks stay."""
    assert escaped("pompe n° 7\n".encode()) == "pompe n° 7\n"
    assert escaped(b"\x1b[2J\x07\xff\r\x9b31m") == "\\x1b[2J\\x07\\xff\\r\\x9b31m"
    assert escaped("\u202edesrever".encode()) == "\\u202edesrever"


def test_only_whole_messages_of_the_ingest_topic_can_be_put_back() -> None:
    """And the others say why not."""
    assert why_not(letter(1)) == ""
    assert "the service itself" in why_not(letter(1, topic=FRAMES))
    assert "were kept" in why_not(letter(1, length=300_000))


def run(*arguments: str) -> Result:
    """Run pdmctl as a person would."""
    return CliRunner().invoke(main, ["dlq", *arguments])


@pytest.fixture
def broker(fresh_kafka: EmbeddedKafka) -> str:
    """Give a broker with some dead letters: two of the ingest topic, one of another, one that is none."""
    apply(fresh_kafka.bootstrap, 2)
    producer = KafkaProducer(bootstrap_servers=fresh_kafka.bootstrap, acks="all")
    red = letter(2, reason=Reason.UNKNOWN_UNIT, original=b"\x1b[31m red")
    for one in (letter(1), red, letter(3, topic=FRAMES), letter(1)):
        producer.send(DEAD_LETTERS, msgspec.msgpack.encode(one), key=one.key)
    producer.send(DEAD_LETTERS, b"no letter at all", key=b"x")
    producer.close()
    return fresh_kafka.bootstrap


@pytest.mark.broker
def test_letters_are_listed_and_shown(broker: str) -> None:
    """Of one origin once; by reason; without anything that a terminal would obey."""
    where = ("--bootstrap", broker)
    listed = run("list", *where).output
    assert [listed.count(f"{INGEST}/1/{n}") for n in (1, 2)] == [1, 1]
    assert run("list", *where, "--reason", "unknown_unit").output.count(INGEST) == 1
    shown = run("show", f"{INGEST}/1/2", *where).output
    assert "\\x1b[31m red" in shown
    assert "\x1b" not in shown
    assert run("show", "nothing", *where).exit_code == 1


@pytest.mark.broker
def test_letters_are_put_back_once(broker: str) -> None:
    """With key, partition and headers; a letter that was put back leaves the list."""
    where = ("--bootstrap", broker)
    assert run("replay", *where).exit_code == 2
    assert "the service itself" in run("replay", f"{FRAMES}/1/3", *where).output
    assert run("replay", f"{INGEST}/1/1", *where).output.startswith("1 put back")
    assert "--again" in run("replay", f"{INGEST}/1/1", *where).output
    assert run("replay", "--all", *where).output.startswith("1 put back")
    assert run("replay", "--all", *where).output.startswith("0 put back")
    assert [one.key for one in letters(broker) if not one.replayed] == [f"{FRAMES}/1/3"]
    assert INGEST not in run("list", *where).output
    assert run("list", *where, "--all").output.count("replayed") == 2
    back = ingested(broker)
    assert sorted((m.partition, m.key, m.value) for m in back) == [
        (1, b"pump-1", b"\x1b[31m red"),
        (1, b"pump-1", b'{"asset": "pump-1"}'),
    ]
    assert {"pdm-source": b"plc", "pdm-replayed": f"{INGEST}/1/1".encode()} in [dict(m.headers) for m in back]


def ingested(bootstrap: str) -> list[Any]:
    """Read the ingest topic."""
    consumer: Any = KafkaConsumer(
        INGEST, bootstrap_servers=bootstrap, auto_offset_reset="earliest", consumer_timeout_ms=3_000
    )
    try:
        return list(consumer)
    finally:
        consumer.close()
