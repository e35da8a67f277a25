"""What a stateful stage is, seen from Faust: bytes in, messages out, and rows that save its state."""

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct


class Message(Struct, frozen=True):
    """A message for the same partition of another topic."""

    topic: str
    key: bytes
    value: bytes


class Core(Protocol):
    """One partition of a stage. It is pure: the same offsets in the same order give the same messages."""

    def eat(self, topic: int, offset: int, payload: bytes) -> list[Message]:
        """Handle a message of the topic with this index.

        raises msgspec.MsgspecError or ValueError where it cannot be used
        """

    def skip(self, topic: int, offset: int) -> None:
        """Note that this offset is done with, although nothing was made of it."""

    def views(self) -> list[Message]:
        """Return messages for people that are part of no result, once a checkpoint."""

    def rows(self) -> dict[str, bytes]:
        """Encode what has to be saved now, by name; called just before `cursor`."""

    def cursor(self) -> list[int]:
        """Return for each topic the newest offset that is in what has been saved."""

    def confirmed(self) -> None:
        """Note that what was last given by `rows` and `cursor` can no longer be undone by a crash."""

    def restore(self, rows: Mapping[str, bytes], cursor: list[int]) -> None:
        """Take over what was saved."""
