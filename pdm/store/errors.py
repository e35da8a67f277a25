"""What can go wrong at the store, each with what its reader needs."""

from pdm.errors import PdmError


class StoreError(PdmError):
    """The store cannot be opened, or was written by another version of the service."""


class StoreAwayError(StoreError):
    """The store does not answer now: connection lost, locked for too long, disk full.

    Trying again may help.
    """


class CursorError(PdmError):
    """A cursor is damaged, or belongs to another query."""


class OffsetMovedError(PdmError):
    """Another recorder has moved the offset: nothing of the batch was written.

    stored : the offset that is in the store, from where to go on
    """

    def __init__(self, topic: str, partition: int, expected: int, stored: int) -> None:
        super().__init__(f"{topic}/{partition}: expected offset {expected}, the store has {stored}")
        self.topic, self.partition, self.expected, self.stored = topic, partition, expected, stored
