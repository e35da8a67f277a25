"""The store in one SQLite file in WAL mode: one writer, and readers that cannot write and never wait."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Table, create_engine
from sqlalchemy import Engine as Connections
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.pool import QueuePool

from pdm.store.engine import Insert
from pdm.store.sql import SqlStore

WAIT_S = 10.0
"""How long a writer waits for another one, a paused twin or a backup, to let go."""


def open_writer(path: Path) -> SqlStore:
    """Open the store for the one process that writes, and bring its tables to this version.

    raises StoreError if the file is no store, or one of a later version
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    return SqlStore.writer(SqliteEngine(path, _writing(path)))


def open_reader(path: Path) -> SqlStore:
    """Open the store read-only; as long as there is no file yet it answers with nothing."""
    return SqlStore(SqliteEngine(path, _reading(path)))


class SqliteEngine:
    """The `Engine` protocol on one SQLite file."""

    insert: Callable[[Table], Insert] = staticmethod(insert)

    def __init__(self, path: Path, connections: Connections) -> None:
        self.where, self.connections = str(path), connections
        self._path = path

    def is_there(self) -> bool:
        """See `Engine.is_there`."""
        return self._path.exists()

    def lock(self, connection: Connection) -> None:
        """See `Engine.lock`."""
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def snapshot(self, connection: Connection) -> None:
        """See `Engine.snapshot`."""
        connection.exec_driver_sql("BEGIN")

    def size(self, connection: Connection) -> int:
        """See `Engine.size`: the file and its write-ahead log."""
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        wal = self._path.with_name(f"{self._path.name}-wal")
        held = pages * connection.exec_driver_sql("PRAGMA page_size").scalar_one()
        return int(held) + (wal.stat().st_size if wal.exists() else 0)


def _writing(path: Path) -> Connections:
    """Return the one connection that writes.

    With `synchronous` normal, power loss may take the last transactions, but never tears one: rows
    and offset go back together, and the topics still hold what is then missing.
    """

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            path, timeout=WAIT_S, isolation_level="IMMEDIATE", check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    return create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=1, max_overflow=0)


def _reading(path: Path) -> Connections:
    """Return connections that can only read; the file must be there when they connect."""
    uri = path.absolute().as_uri() + "?mode=ro"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(uri, uri=True, timeout=WAIT_S, check_same_thread=False)

    return create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=8, max_overflow=32)
