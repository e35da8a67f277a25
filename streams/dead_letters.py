"""Dead letters: what could not be used, with its bytes, its origin and the reason."""

import hashlib

import faust
import msgspec
from faust.types.tuples import Message as KafkaMessage

from pdm import metrics
from pdm.broker.topics import DEAD_LETTERS
from pdm.records.dead_letter import KEPT_BYTES, DeadLetter
from pdm.records.reading import Reason
from streams.app import Delivery, letters

DETAIL = 500
"""Letters of the detail that are kept."""


def dead_letter(message: KafkaMessage, payload: bytes | None, reason: Reason, detail: str) -> DeadLetter:
    """Describe a message that could not be used."""
    original = payload or b""
    return DeadLetter(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        reason=reason,
        detail=detail[:DETAIL],
        length=len(original),
        sha256=hashlib.sha256(original).hexdigest(),
        original=original[:KEPT_BYTES],
    )


async def put_aside(app: faust.App, event: Delivery, detail: str) -> None:
    """Send a message that could not be read to the dead letters; returns when the broker has it."""
    letter = dead_letter(event.message, event.value, Reason.MALFORMED, detail)
    metrics.DEAD_LETTERS.labels(Reason.MALFORMED).inc()
    value = msgspec.msgpack.encode(letter)
    await (await letters(app, DEAD_LETTERS).send(key=letter.key, value=value, partition=0))
