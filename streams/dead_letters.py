"""Dead letters: what could not be used, with its bytes, its origin and the reason."""

import hashlib

from faust.types.tuples import Message as KafkaMessage

from pdm.records.dead_letter import KEPT_BYTES, DeadLetter
from pdm.records.reading import Reason

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
