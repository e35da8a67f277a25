"""SQLite connections: one writer in WAL mode, and readers that cannot write and never wait."""

import sqlite3
from pathlib import Path

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import QueuePool

WAIT_S = 10.0
"""How long a writer waits for another one, a paused twin or a backup, to let go."""


def writing_engine(path: Path) -> Engine:
    """Return an engine whose transactions take the write lock at their first statement.

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


def reading_engine(path: Path) -> Engine:
    """Return an engine that can only read; the file must be there when it connects."""
    uri = path.absolute().as_uri() + "?mode=ro"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(uri, uri=True, timeout=WAIT_S, check_same_thread=False)

    return create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=8, max_overflow=32)
