"""A dead letter: a message that could not be used, kept with its reason and its bytes."""

from msgspec import Struct

from pdm.records.reading import Reason

KEPT_BYTES = 256 * 1024
"""How much of the original is kept; the length and the hash are those of the whole."""


class DeadLetter(Struct, frozen=True):
    """A refused message. Its key is its origin, so that a second copy replaces the first.

    message_key, headers : what it takes to put the original back as it came, as far as it is understood
    """

    topic: str
    partition: int
    offset: int
    reason: Reason
    detail: str
    length: int
    sha256: str
    original: bytes
    message_key: bytes | None = None
    headers: tuple[tuple[str, bytes], ...] = ()

    @property
    def key(self) -> bytes:
        """Where it came from, as the key of the dead letter."""
        return f"{self.topic}/{self.partition}/{self.offset}".encode()
