"""What the log says besides readings, and what machines were like: enough to judge any instant again.

Notes lie in the manifest, and count with the offsets they were read from.
"""

import sqlite3

from msgspec import Struct, field

from pdm.records.snapshot import Snapshot

TABLES = """
CREATE TABLE IF NOT EXISTS said (partition INTEGER, offset INTEGER, record BLOB NOT NULL,
  PRIMARY KEY (partition, offset)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS drawn (asset TEXT, run TEXT, time_ns INTEGER, machine_class TEXT NOT NULL,
  partition INTEGER NOT NULL, offset INTEGER NOT NULL, born INTEGER NOT NULL, state BLOB NOT NULL,
  PRIMARY KEY (asset, run, time_ns));
"""

_DRAWN = """SELECT partition, run, asset, machine_class, time_ns, offset, born, state
  FROM drawn WHERE asset = ? AND run = ?"""


class Notes(Struct):
    """Notes not yet written.

    said  : partition, offset and bytes of records of the log that are no readings
    drawn : partition and snapshot
    """

    said: list[tuple[int, int, bytes]] = field(default_factory=list)
    drawn: list[tuple[int, Snapshot]] = field(default_factory=list)


def write(database: sqlite3.Connection, notes: Notes) -> None:
    """Write notes within a transaction; the same again changes nothing, and a machine is born once."""
    database.executemany("INSERT OR IGNORE INTO said VALUES (?, ?, ?)", notes.said)
    database.executemany(
        "INSERT OR IGNORE INTO drawn VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (one.asset, one.run, one.time, one.machine_class, part, one.offset, one.born, one.state)
            for part, one in notes.drawn
        ],
    )


def forget(database: sqlite3.Connection, before_ns: int) -> None:
    """Forget what machines were like before an instant of data time."""
    database.execute("DELETE FROM drawn WHERE time_ns < ?", (before_ns,))


def latest(database: sqlite3.Connection, asset: str, run: str, before_ns: int) -> tuple[int, Snapshot] | None:
    """Find the last snapshot of a machine before an instant of data time, and its partition."""
    return _one(database, f"{_DRAWN} AND time_ns < ? ORDER BY time_ns DESC LIMIT 1", (asset, run, before_ns))


def first(database: sqlite3.Connection, asset: str, run: str) -> tuple[int, Snapshot] | None:
    """Find the first snapshot of a machine, and its partition."""
    return _one(database, f"{_DRAWN} ORDER BY time_ns LIMIT 1", (asset, run))


def said(database: sqlite3.Connection, partition: int) -> list[tuple[int, bytes]]:
    """List the records of a partition that are no readings, with their offsets, in order."""
    question = "SELECT offset, record FROM said WHERE partition = ? ORDER BY offset"
    return database.execute(question, (partition,)).fetchall()


def _one(
    database: sqlite3.Connection, question: str, about: tuple[str | int, ...]
) -> tuple[int, Snapshot] | None:
    row = database.execute(question, about).fetchone()
    if row is None:
        return None
    partition, run, asset, machine_class, time, offset, born, state = row
    return partition, Snapshot(run, asset, machine_class, time, offset, bool(born), state)
