"""What the log says, message by message, until it is written: a tray, and the offsets it was read from."""

from collections.abc import Mapping

import msgspec

from pdm.broker.topics import BACKFILL, SNAPSHOTS
from pdm.history.manifest import Place
from pdm.history.notes import Notes
from pdm.history.tray import Tray
from pdm.records.block import Block
from pdm.records.log import Frames, Late, LogRecord, Silence
from pdm.records.snapshot import Snapshot

MOST_ROWS = 1_000_000
"""Readings that are kept before they are written."""

_RECORD = msgspec.msgpack.Decoder(LogRecord)
_SNAPSHOTS = msgspec.msgpack.Decoder(list[Snapshot])
_BLOCK = msgspec.msgpack.Decoder(Block)


class Intake:
    """One flush in the making.

    stored : topic and partition -> offset that the manifest has
    """

    def __init__(self, stored: Mapping[Place, int]) -> None:
        self.tray, self.notes = Tray(), Notes()
        self._stored = dict(stored)
        self._next: dict[Place, int] = {}

    @property
    def full(self) -> bool:
        """Tell whether it should be written now."""
        return len(self.tray) >= MOST_ROWS

    @property
    def moved(self) -> dict[Place, tuple[int, int]]:
        """Return the offset that the manifest has, and the one to read next, of each place that moved."""
        return {place: (self._stored.get(place, 0), following) for place, following in self._next.items()}

    @property
    def offsets(self) -> dict[Place, int]:
        """Return what the manifest will have when this is written."""
        return {**self._stored, **self._next}

    def eat(self, place: Place, offset: int, payload: bytes) -> None:
        """Take one message: of the ordered log, of what is imported, or of what machines were like.

        raises msgspec.MsgspecError or ValueError where it cannot be used; it is passed over then
        """
        self._next[place] = offset + 1
        if place[0] == SNAPSHOTS:
            self.notes.drawn += [(place[1], one) for one in _SNAPSHOTS.decode(payload)]
        elif place[0] == BACKFILL:
            self.tray.backfill(_BLOCK.decode(payload), offset)
        else:
            self._log(place[1], offset, payload)

    def _log(self, partition: int, offset: int, payload: bytes) -> None:
        """Take a record of the log: readings into the tray, whatever else it says into the notes."""
        record = _RECORD.decode(payload)
        if isinstance(record, Frames):
            self.tray.frames(record, offset)
        elif isinstance(record, Late):
            self.tray.late(record, offset)
        elif not isinstance(record, Silence):
            self.notes.said.append((partition, offset, payload))
