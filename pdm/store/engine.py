"""The seam between the store and its engines: everything in which SQLite and PostgreSQL differ."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from sqlalchemy import Connection, Table
from sqlalchemy import Engine as Connections
from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from pdm.store.errors import StoreAwayError, StoreError

Insert = SqliteInsert | PostgresqlInsert
"""An insert that knows `on_conflict_do_update`: both engines have it, each in a class of its own."""


class Engine(Protocol):
    """One engine, opened for writing or for reading.

    where       : file or URL as messages may show it, without a password
    connections : the pool; outside of a snapshot each statement sees what is committed when it begins
    insert      : starts an insert in the engine's own dialect
    """

    where: str
    connections: Connections
    insert: Callable[[Table], Insert]

    def is_there(self) -> bool:
        """Tell whether there is anything to connect to; False is an empty store, not an error."""

    def lock(self, connection: Connection) -> None:
        """Begin the transaction as the only one that writes; others wait, for some seconds at most."""

    def snapshot(self, connection: Connection) -> None:
        """Begin a transaction that sees one state of everything, however long it takes."""

    def size(self, connection: Connection) -> int:
        """Return how many bytes the store takes on its disk."""


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Turn what the engine raises into a StoreError; what may pass by itself into a StoreAwayError."""
    try:
        yield
    except PoolTimeoutError as error:
        raise StoreAwayError(f"{where}: all connections are in use") from error
    except DBAPIError as error:
        passing = isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated
        kind = StoreAwayError if passing else StoreError
        raise kind(f"{where}: {' '.join(str(error.orig).split())}") from error
