"""A dead letter: a message that could not be used, kept with its reason and its bytes."""

from msgspec import Struct

from pdm.records.reading import Reason

KEPT_BYTES = 256 * 1024
"""How much of the original is kept; the length and the hash are those of the whole."""


class DeadLetter(Struct, frozen=True):
    """A refused message. Its key is its origin, so that a second copy replaces the first."""

    topic: str
    partition: int
    offset: int
    reason: Reason
    detail: str
    length: int
    sha256: str
    original: bytes

    @property
    def key(self) -> bytes:
        """Where it came from, as the key of the dead letter."""
        return f"{self.topic}/{self.partition}/{self.offset}".encode()
