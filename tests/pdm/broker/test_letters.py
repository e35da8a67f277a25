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


@pytest.mark.broker
def test_letters_are_listed_shown_and_put_back_once(fresh_kafka: EmbeddedKafka) -> None:
    """With key, partition and headers; a letter that was put back leaves the list."""
    where = ("--bootstrap", fresh_kafka.bootstrap)
    apply(fresh_kafka.bootstrap, 2)
    assert "no dead letters" in run("list", *where).output
    producer = KafkaProducer(bootstrap_servers=fresh_kafka.bootstrap, acks="all")
    for one in (
        letter(1),
        letter(2, reason=Reason.UNKNOWN_UNIT, original=b"\x1b[31m red"),
        letter(3, topic=FRAMES),
        letter(1),
    ):
        producer.send(DEAD_LETTERS, msgspec.msgpack.encode(one), key=one.key)
    producer.send(DEAD_LETTERS, b"no letter at all", key=b"x")
    producer.close()

    listed = run("list", *where).output
    assert [f"{INGEST}/1/{n}" in listed for n in (1, 2)] == [True, True]
    assert run("list", *where, "--reason", "unknown_unit").output.count(INGEST) == 1
    shown = run("show", f"{INGEST}/1/2", *where).output
    assert "\\x1b[31m red" in shown
    assert "\x1b" not in shown
    assert run("show", "nothing", *where).exit_code == 1

    assert run("replay", *where).exit_code == 2
    assert "the service itself" in run("replay", f"{FRAMES}/1/3", *where).output
    assert run("replay", f"{INGEST}/1/1", *where).output.startswith("1 put back")
    assert "--again" in run("replay", f"{INGEST}/1/1", *where).output
    assert run("replay", "--all", *where).output.startswith("1 put back")
    assert run("replay", "--all", *where).output.startswith("0 put back")
    assert [one.key for one in letters(fresh_kafka.bootstrap) if not one.replayed] == [f"{FRAMES}/1/3"]
    assert INGEST not in run("list", *where).output
    assert run("list", *where, "--all").output.count("replayed") == 2

    consumer: Any = KafkaConsumer(
        INGEST,
        bootstrap_servers=fresh_kafka.bootstrap,
        auto_offset_reset="earliest",
        consumer_timeout_ms=3_000,
    )
    back = list(consumer)
    consumer.close()
    assert [(m.partition, m.key, m.value) for m in back] == [
        (1, b"pump-1", b'{"asset": "pump-1"}'),
        (1, b"pump-1", b"\x1b[31m red"),
    ]
    assert dict(back[0].headers) == {"pdm-source": b"plc", "pdm-replayed": f"{INGEST}/1/1".encode()}
