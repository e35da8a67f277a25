"""How far a spool has come: two slots in a small file, written by turns, so that one is always whole."""

import os
import zlib
from pathlib import Path
from struct import Struct as Layout

_SLOT = Layout("<QQQI")
"""Turn, number of the first record that has not arrived, end of the batch under way, checksum."""


class Cursor:
    """The place in a file.

    done      : number of the first record that has not arrived
    under_way : end of the batch that was sent and not yet answered; `done` where there is none
    """

    def __init__(self, path: Path) -> None:
        path.touch()
        self._file = path.open("r+b", buffering=0)
        content = self._file.read(2 * _SLOT.size)
        slots = [content[: _SLOT.size], content[_SLOT.size :]]
        self._turn, self.done, self.under_way = max((_read(slot) for slot in slots), default=(0, 0, 0))

    def write(self, done: int, under_way: int, *, sync: bool = True) -> None:
        """Move on; with `sync`, the disk has it when this returns."""
        self._turn += 1
        self.done, self.under_way = done, under_way
        body = _SLOT.pack(self._turn, done, under_way, 0)[:-4]
        self._file.seek(self._turn % 2 * _SLOT.size)
        self._file.write(body + zlib.crc32(body).to_bytes(4, "little"))
        if sync:
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def _read(slot: bytes) -> tuple[int, int, int]:
    """Read one slot; one that is not whole counts for nothing."""
    if len(slot) != _SLOT.size or zlib.crc32(slot[:-4]) != int.from_bytes(slot[-4:], "little"):
        return 0, 0, 0
    turn, done, under_way, _ = _SLOT.unpack(slot)
    return turn, done, under_way
