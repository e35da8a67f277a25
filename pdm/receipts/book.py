"""The book of receipts: a SQLite file of the gateway alone, bounded in days, rows and bytes.

A crash of the process loses nothing of it. A power cut may cost the last lines: then a repeat of such a
request is delivered once more, and its readings are repeats for `align`.
"""

import logging
import sqlite3
import weakref
import zlib
from collections.abc import Sequence
from pathlib import Path

from msgspec import structs

from pdm.instant import NS, rfc3339
from pdm.receipts.kept import Kept, ReceiptLine

log = logging.getLogger(__name__)

DAY_NS = 86_400 * NS
MOST_ROWS = 1_000_000
MOST_BYTES = 256 * 1024 * 1024
"""Of answers, packed; the oldest go first where there are more."""
_FORGET_AT_ONCE = 10_000

_SCHEMA = """
CREATE TABLE IF NOT EXISTS receipts (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, time_ns INTEGER NOT NULL,
    path TEXT NOT NULL, source TEXT NOT NULL, key TEXT NOT NULL, digest BLOB NOT NULL,
    status INTEGER NOT NULL, media_type TEXT NOT NULL, body BLOB NOT NULL,
    accepted INTEGER NOT NULL, refused INTEGER NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS by_key ON receipts (source, path, key) WHERE key <> '';
CREATE INDEX IF NOT EXISTS by_time ON receipts (time_ns);
"""
_COLUMNS = "id, time_ns, path, source, key, digest, status, media_type, body, accepted, refused"
_LINE = "number, id, time_ns, path, source, status, accepted, refused, key"


def open_book(file: Path) -> "Book":
    """Open the book; in memory where the file cannot be used, for readings come first."""
    try:
        return Book(file)
    except (sqlite3.Error, OSError) as error:
        log.warning("receipts are kept in memory only: %s: %s", file, error)
        return Book(None)


class Book:
    """One connection, used by one thread at a time; `file` None keeps the book in memory."""

    def __init__(self, file: Path | None, rows: int = MOST_ROWS, size: int = MOST_BYTES) -> None:
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
        self._most_rows, self._most_bytes = rows, size
        self._file = sqlite3.connect(file or ":memory:", isolation_level=None, check_same_thread=False)
        weakref.finalize(self, self._file.close)
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute("PRAGMA synchronous = NORMAL")
        self._file.executescript(_SCHEMA)
        count, held = self._file.execute("SELECT count(*), sum(length(body)) FROM receipts").fetchone()
        self._rows, self._bytes = int(count), int(held or 0)

    def write(self, receipts: Sequence[Kept], now_ns: int) -> None:
        """Write receipts down in one transaction, and forget what is older than a day or too much."""
        rows = [structs.astuple(structs.replace(r, body=zlib.compress(r.body, 1))) for r in receipts]
        self._file.execute("BEGIN IMMEDIATE")
        try:
            for row in rows:
                self._forget("source = ? AND path = ? AND key = ? AND key <> ''", (row[3], row[2], row[4]))
                self._file.execute(
                    f"INSERT INTO receipts ({_COLUMNS}) VALUES ({', '.join('?' * 11)})",  # noqa: S608 - constants
                    row,
                )
                self._rows, self._bytes = self._rows + 1, self._bytes + len(row[8])
            self._bound(now_ns)
        except BaseException:
            self._file.execute("ROLLBACK")
            raise
        self._file.execute("COMMIT")

    def repeated(self, source: str, path: str, key: str, now_ns: int) -> Kept | None:
        """Find what a request with this key was answered within the last day."""
        return self._one(
            "source = ? AND path = ? AND key = ? AND time_ns > ?", (source, path, key, now_ns - DAY_NS)
        )

    def receipt(self, name: str, now_ns: int) -> Kept | None:
        """Find a receipt by its name."""
        return self._one("id = ? AND time_ns > ?", (name, now_ns - DAY_NS))

    def lines(
        self, source: str | None, since_ns: int, before: int | None, limit: int
    ) -> list[tuple[int, ReceiptLine]]:
        """List receipts, the latest first, each with its number in the book.

        before : only those with a smaller number
        """
        found = self._file.execute(
            f"SELECT {_LINE} FROM receipts WHERE time_ns >= ? AND (? IS NULL OR source = ?) "  # noqa: S608 - constants
            "AND (? IS NULL OR number < ?) ORDER BY number DESC LIMIT ?",
            (since_ns, source, source, before, before, limit),
        )
        return [(row[0], ReceiptLine(row[1], rfc3339(row[2]), *row[3:])) for row in found]

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _one(self, where: str, values: Sequence[object]) -> Kept | None:
        row = self._file.execute(f"SELECT {_COLUMNS} FROM receipts WHERE {where}", values).fetchone()  # noqa: S608 - constants
        return structs.replace(Kept(*row), body=zlib.decompress(row[8])) if row else None

    def _bound(self, now_ns: int) -> None:
        """Forget what is too old, and the oldest of what is too much."""
        self._forget("time_ns <= ?", (now_ns - DAY_NS,))
        while self._rows > self._most_rows or self._bytes > self._most_bytes:
            over = max(1, min(_FORGET_AT_ONCE, self._rows - self._most_rows))
            self._forget("number IN (SELECT number FROM receipts ORDER BY number LIMIT ?)", (over,))

    def _forget(self, where: str, values: Sequence[object]) -> None:
        gone = self._file.execute(f"DELETE FROM receipts WHERE {where} RETURNING length(body)", values)  # noqa: S608 - constants
        for (size,) in gone.fetchall():
            self._rows, self._bytes = self._rows - 1, self._bytes - size
