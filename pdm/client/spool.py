"""Readings on disk between their sender and the gateway: in order, bounded, and whole after a crash.

A record is written to the operating system before `append` returns: killing the process loses nothing. The
disk itself has it after `sync`, which the client calls once a second, and always before it sends: a power
cut may cost what came in the last second, and what the gateway was sent is never forgotten here.
"""

import logging
import os
import uuid
import zlib
from collections.abc import Iterator, Sequence
from io import FileIO
from itertools import pairwise
from pathlib import Path
from struct import Struct as Layout
from threading import RLock

from msgspec import Struct

from pdm.client.cursor import Cursor
from pdm.client.owning import own, sync_folder
from pdm.errors import PdmError

log = logging.getLogger(__name__)

LARGEST = 256 * 1024 * 1024
SEGMENT = 4 * 1024 * 1024
"""Bytes of one file; a file goes when all in it has arrived."""

_HEAD = Layout("<II")
"""Length of a record, and the checksum of its number and its bytes."""


class SpoolError(PdmError):
    """The folder cannot be used: another process has it, or the disk refuses."""


class SpoolFullError(SpoolError):
    """There is no room for more; what is there is kept, what is new was refused."""


class Batch(Struct, frozen=True):
    """Records that travel together; their numbers are first to end - 1.

    key : names the batch for good: the same records are never sent under another one, nor others under it
    """

    first: int
    end: int
    records: list[bytes]
    key: str


class _Segment:
    """One file of records, beginning with the number that names it."""

    def __init__(self, path: Path) -> None:
        self.path, self.first = path, int(path.stem)
        self.end, self.size = self.first, 0
        for record in _records(path.read_bytes() if path.exists() else b"", self.first):
            self.end, self.size = self.end + 1, self.size + _HEAD.size + len(record)


class Spool:
    """A queue in a folder of its own, for one process at a time; its methods may be called from any thread.

    most_bytes : of the files together; what is new is refused beyond it
    raises SpoolError where another process has the folder
    """

    def __init__(self, folder: Path, most_bytes: int = LARGEST) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._most_bytes = folder, most_bytes
        self._segment_bytes = max(1, min(SEGMENT, most_bytes // 8))
        self._turn = RLock()
        self._owned = own(folder / "lock")
        if self._owned is None:
            raise SpoolError(f"{folder} is in use by another process: give each its own")
        self._name = _identity(folder / "id")
        self._cursor = Cursor(folder / "cursor")
        self._segments = [_Segment(path) for path in sorted(folder.glob("*.seg"))]
        for before, after in pairwise(self._segments):
            if before.end < after.first:
                log.error("%s is damaged: %d records are lost", before.path, after.first - before.end)
        self._end = max([self._cursor.done, *(segment.end for segment in self._segments)])
        self._synced = True
        self._writer = self._resumed()
        self._forget()

    @property
    def pending(self) -> int:
        """How many records have not arrived."""
        with self._turn:
            return sum(max(0, s.end - max(s.first, self._cursor.done)) for s in self._segments)

    @property
    def end(self) -> int:
        """The number that the next record will have."""
        return self._end

    @property
    def done(self) -> int:
        """The number of the first record that has not arrived."""
        return self._cursor.done

    def append(self, records: Sequence[bytes]) -> None:
        """Take records, all or none of them; raises SpoolFullError, SpoolError."""
        with self._turn:
            size = sum(_HEAD.size + len(record) for record in records)
            held = sum(segment.size for segment in self._segments)
            if held + size > self._most_bytes:
                raise SpoolFullError(f"{held} of {self._most_bytes} bytes are waiting: nothing more is taken")
            segment = self._segments[-1]
            content = b"".join(_framed(record, self._end + i) for i, record in enumerate(records))
            try:
                self._write(segment, content)
            except OSError as error:
                raise SpoolError(f"{segment.path}: {error}") from error
            self._end += len(records)
            segment.end, segment.size, self._synced = self._end, segment.size + size, False
            if segment.size >= self._segment_bytes:
                self._begin()

    def batch(self, most: int, most_bytes: int) -> Batch | None:
        """Give the oldest records that have not arrived, and make sure that they are on disk; None if none.

        After a crash the batch that was on its way comes again as it was, whatever `most` says.
        raises SpoolError
        """
        with self._turn:
            first, fixed = self._cursor.done, self._cursor.under_way
            records: list[bytes] = []
            size = 0
            for number, record in self._from(first):
                if fixed > first and number >= fixed:
                    break
                if fixed <= first and records and (len(records) >= most or size + len(record) > most_bytes):
                    break
                if not records:
                    first = number
                records.append(record)
                size += len(record) + 1
                end = number + 1
            if not records:
                return None
            self.sync()
            self._cursor.write(self._cursor.done, end)
            return Batch(first, end, records, f"{self._name}-{first}-{end}")

    def shorten(self, batch: Batch) -> None:
        """Let half of a batch travel alone, because all of it was too much."""
        with self._turn:
            self._cursor.write(self._cursor.done, batch.first + max(1, len(batch.records) // 2))

    def arrived(self, batch: Batch) -> None:
        """Forget a batch."""
        with self._turn:
            self._cursor.write(batch.end, batch.end, sync=False)
            self._forget()

    def sync(self) -> None:
        """Have the disk hold what was taken; raises SpoolError."""
        with self._turn:
            if self._synced:
                return
            try:
                os.fsync(self._writer.fileno())
            except OSError as error:
                raise SpoolError(f"{self._folder}: {error}") from error
            self._synced = True

    def close(self) -> None:
        """Let go of the folder."""
        with self._turn:
            self.sync()
            self._writer.close()
            self._cursor.close()
            if self._owned is not None:
                self._owned.close()

    def _write(self, segment: _Segment, content: bytes) -> None:
        """Write all of it, or nothing."""
        self._writer.seek(segment.size)
        written = 0
        try:
            written = self._writer.write(content)
        finally:
            if written != len(content):
                self._writer.truncate(segment.size)
        if written != len(content):
            raise OSError(f"the disk took {written} of {len(content)} bytes")

    def _from(self, number: int) -> Iterator[tuple[int, bytes]]:
        """Walk over the records from a number on."""
        for segment in self._segments:
            if segment.end <= number:
                continue
            with segment.path.open("rb") as file:
                for place, record in enumerate(
                    _records(file.read(segment.size), segment.first), segment.first
                ):
                    if place >= number:
                        yield place, record

    def _resumed(self) -> FileIO:
        """Go on in the newest file, without what a crash left half written; or begin one."""
        if not self._segments or self._segments[-1].end < self._end:
            return self._fresh()
        newest = self._segments[-1]
        writer = FileIO(newest.path, "r+")
        writer.truncate(newest.size)
        return writer

    def _begin(self) -> None:
        """Begin a new file, the one before being safe."""
        self.sync()
        self._writer.close()
        self._writer = self._fresh()

    def _fresh(self) -> FileIO:
        path = self._folder / f"{self._end:020d}.seg"
        writer = FileIO(path, "w+")
        self._segments.append(_Segment(path))
        sync_folder(self._folder)
        return writer

    def _forget(self) -> None:
        """Delete the files of which everything has arrived, except for the one that is written to."""
        while len(self._segments) > 1 and self._segments[0].end <= self._cursor.done:
            self._segments.pop(0).path.unlink()


def _framed(record: bytes, number: int) -> bytes:
    return _HEAD.pack(len(record), _sum(record, number)) + record


def _sum(record: bytes, number: int) -> int:
    return zlib.crc32(record, number & 0xFFFFFFFF)


def _records(content: bytes, first: int) -> Iterator[bytes]:
    """Cut the content of a file into records, up to the first that is not whole."""
    start, number = 0, first
    while start + _HEAD.size <= len(content):
        length, checksum = _HEAD.unpack_from(content, start)
        record = content[start + _HEAD.size : start + _HEAD.size + length]
        if len(record) != length or _sum(record, number) != checksum:
            return
        yield record
        start, number = start + _HEAD.size + length, number + 1


def _identity(path: Path) -> str:
    """Name the spool for good."""
    if not path.exists() or len(path.read_text("ascii")) != 32:
        fresh = path.with_suffix(".new")
        fresh.write_text(uuid.uuid4().hex, "ascii")
        fresh.replace(path)
    return path.read_text("ascii")
