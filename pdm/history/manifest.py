"""The manifest: which files count, and up to which offset of the log. Whatever is not in it is not there.

One SQLite file beside the Parquet files. Files and offsets change in one transaction, so a file counts
exactly when the offsets say that its rows were read. Readers see one moment of it.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from enum import StrEnum
from pathlib import Path

from msgspec import Struct, structs

from pdm.errors import PdmError
from pdm.history import notes
from pdm.records.snapshot import Snapshot

NAME = "manifest.sqlite"
PATIENCE_S = 10.0
_TABLES = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, grade TEXT NOT NULL, site TEXT NOT NULL,
  begin_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL, rows INTEGER NOT NULL, bytes INTEGER NOT NULL,
  added_s INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS files_by_time ON files (begin_ns, end_ns);
CREATE TABLE IF NOT EXISTS offsets (topic TEXT, partition INTEGER, next INTEGER NOT NULL,
  PRIMARY KEY (topic, partition));
CREATE TABLE IF NOT EXISTS gone (path TEXT PRIMARY KEY, since_s INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS numbers (next INTEGER NOT NULL);
"""

Place = tuple[str, int]
"""Topic and partition."""


class HistoryError(PdmError):
    """The history cannot be read or written."""


class Grade(StrEnum):
    """What a file holds.

    HOT  : readings as they came, of all sites and hours
    RAW  : readings of one site and hour, or of one day where that is little
    MINUTE, HOUR : averages
    """

    HOT = "hot"
    RAW = "raw"
    MINUTE = "minute"
    HOUR = "hour"


class File(Struct, frozen=True):
    """One file that counts. Times are of its first and last row, both included.

    path : relative to the history's folder      added_s : when it was written, s since the epoch
    """

    path: str
    grade: Grade
    site: str
    begin_ns: int
    end_ns: int
    rows: int
    bytes: int
    added_s: int


class Memory(Struct, frozen=True):
    """What a machine was like last before an instant, and what its log says besides readings.

    snapshot : None where the instant is among its first frames: nothing was known of it before them
    said     : offset and record, in order
    """

    snapshot: Snapshot | None
    machine_class: str
    partition: int
    said: list[tuple[int, bytes]]


class Manifest:
    """The manifest of one folder; each call opens it anew, so that threads and processes may share it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    def create(self) -> None:
        """Make it where there is none."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._database() as database:
            database.executescript(f"{_TABLES}{notes.TABLES}COMMIT;")

    def exists(self) -> bool:
        """Tell whether anything was ever written here."""
        return self._path.exists() and self._path.stat().st_size > 0

    def offsets(self) -> dict[Place, int]:
        """Return for each topic and partition the offset to read next."""
        with self._database() as database:
            rows = database.execute("SELECT topic, partition, next FROM offsets").fetchall()
        return {(topic, partition): following for topic, partition, following in rows}

    def files(self, begin_ns: int | None = None, end_ns: int | None = None) -> list[File]:
        """Return the files with rows in [begin, end), the oldest data first."""
        span = (-(2**63) if begin_ns is None else begin_ns, 2**63 - 1 if end_ns is None else end_ns)
        question = "SELECT * FROM files WHERE end_ns >= ? AND begin_ns < ? ORDER BY begin_ns, path"
        with self._database() as database:
            rows = database.execute(question, span).fetchall()
        return [File(path, Grade(grade), *rest) for path, grade, *rest in rows]

    def number(self) -> int:
        """Draw a number that no file has yet."""
        with self._database() as database:
            database.execute("BEGIN IMMEDIATE")
            (drawn,) = database.execute("SELECT coalesce(max(next), 0) FROM numbers").fetchone()
            database.execute("DELETE FROM numbers")
            database.execute("INSERT INTO numbers VALUES (?)", (drawn + 1,))
        return int(drawn)

    def commit(
        self,
        add: Iterable[File],
        drop: Sequence[File] = (),
        moved: Mapping[Place, tuple[int, int]] | None = None,
        now_s: int = 0,
        noted: notes.Notes | None = None,
    ) -> bool:
        """Let files and notes count, others no longer, and move offsets, all at once or not at all.

        moved : topic and partition -> the offset that must be there, and the one to read next
        returns False, with nothing changed, where an offset or a file is not as expected
        """
        with self._database() as database:
            database.execute("BEGIN IMMEDIATE")
            if not self._expected(database, drop, moved or {}):
                database.rollback()
                return False
            rows = [(file.path, file.grade.value, *structs.astuple(file)[2:]) for file in add]
            database.executemany("INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
            database.executemany("DELETE FROM files WHERE path = ?", [(file.path,) for file in drop])
            database.executemany("INSERT INTO gone VALUES (?, ?)", [(file.path, now_s) for file in drop])
            database.executemany(
                "INSERT OR REPLACE INTO offsets VALUES (?, ?, ?)",
                [(*place, following) for place, (_, following) in (moved or {}).items()],
            )
            notes.write(database, noted or notes.Notes())
        return True

    def memory(self, asset: str, run: str, before_ns: int) -> Memory | None:
        """Return what is needed to judge a machine again at an instant of data time.

        None where nothing is known of it so early
        """
        with self._database() as database:
            found = notes.latest(database, asset, run, before_ns)
            earliest = notes.first(database, asset, run) if found is None else None
            known = found or (earliest if earliest and earliest[1].born else None)
            if known is None:
                return None
            partition, one = known
            return Memory(
                one if found else None, one.machine_class, partition, notes.said(database, partition)
            )

    def forget_machines(self, before_ns: int) -> None:
        """Forget what machines were like before an instant of data time."""
        with self._database() as database:
            notes.forget(database, before_ns)

    def gone(self) -> dict[str, int]:
        """Return the files that no longer count but may still be read: path -> since when, s."""
        with self._database() as database:
            return dict(database.execute("SELECT path, since_s FROM gone").fetchall())

    def forget(self, paths: Iterable[str]) -> None:
        """Forget files that have been deleted."""
        with self._database() as database:
            database.executemany("DELETE FROM gone WHERE path = ?", [(path,) for path in paths])

    @staticmethod
    def _expected(
        database: sqlite3.Connection, drop: Sequence[File], moved: Mapping[Place, tuple[int, int]]
    ) -> bool:
        """Tell whether all is as the one who commits believes."""
        for place, (expected, _) in moved.items():
            found = database.execute(
                "SELECT next FROM offsets WHERE topic = ? AND partition = ?", place
            ).fetchone()
            if (found[0] if found else 0) != expected:
                return False
        counted = [database.execute("SELECT 1 FROM files WHERE path = ?", (f.path,)).fetchone() for f in drop]
        return all(counted)

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        """Open it for one transaction, whose commit is on the disk when it returns."""
        try:
            with closing(sqlite3.connect(self._path, timeout=PATIENCE_S)) as database, database:
                database.execute("PRAGMA synchronous = EXTRA")
                yield database
        except sqlite3.Error as error:
            raise HistoryError(f"the history's manifest cannot be used: {error}") from error
