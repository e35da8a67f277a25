"""The store in one SQLite file: `open_writer` for the recorder, `open_reader` for everybody else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Engine, Select, insert, inspect, select
from sqlalchemy.exc import DatabaseError

from pdm.records.advice import Advice
from pdm.records.event import Event
from pdm.records.status import AssetStatus
from pdm.store import reading, schema
from pdm.store.cursors import Key, read_cursor, write_cursor
from pdm.store.engine import reading_engine, writing_engine
from pdm.store.errors import StoreError
from pdm.store.protocol import (
    MAX_LIMIT,
    AdviceQuery,
    AssetQuery,
    Batch,
    Counts,
    EventQuery,
    Page,
    View,
)
from pdm.store.writing import write

T = TypeVar("T")

_event = msgspec.msgpack.Decoder(Event).decode
_advice = msgspec.msgpack.Decoder(Advice).decode
_status = msgspec.msgpack.Decoder(AssetStatus).decode


def open_writer(path: Path) -> "SqliteStore":
    """Open the store for the one process that writes, and create its tables where there are none.

    raises StoreError if the file is no store, or one of another version
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = writing_engine(path)
    try:
        if not _has_tables(engine, path):
            _create_tables(engine)
    except BaseException:
        engine.dispose()
        raise
    return SqliteStore(engine, path)


def open_reader(path: Path) -> "SqliteStore":
    """Open the store read-only; as long as there is no file yet it answers with nothing."""
    return SqliteStore(reading_engine(path), path)


class SqliteStore:
    """The `Store` protocol on one SQLite file; safe to use from several threads."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self._engine, self._path = engine, path
        self._ready = False

    def record(self, batch: Batch) -> None:
        """See `Store.record`."""
        try:
            with self._engine.begin() as connection:
                write(connection, batch)
        except DatabaseError as error:
            raise StoreError(f"{self._path}: {error.orig}") from error

    def offset(self, topic: str, partition: int) -> int:
        """See `Store.offset`."""
        here = (schema.offsets.c.topic == topic) & (schema.offsets.c.partition == partition)
        rows = self._read(select(schema.offsets.c.next).where(here))
        return int(rows[0][0]) if rows else 0

    def assets(self, query: AssetQuery, cursor: str | None = None, limit: int = 100) -> Page[AssetStatus]:
        """See `Store.assets`."""
        return self._page(reading.asset_listing(query), query, cursor, limit, _status)

    def asset(self, run: str, asset: str) -> AssetStatus | None:
        """See `Store.asset`."""
        here = (schema.assets.c.run == run) & (schema.assets.c.asset == asset)
        rows = self._read(select(schema.assets.c.body).where(here))
        return _status(rows[0][0]) if rows else None

    def events(self, query: EventQuery, cursor: str | None = None, limit: int = 100) -> Page[Event]:
        """See `Store.events`."""
        endless = query.view is View.FEED
        return self._page(reading.event_listing(query), query, cursor, limit, _event, endless=endless)

    def event(self, run: str, event: str) -> tuple[Event, ...]:
        """See `Store.event`."""
        here = (schema.events.c.run == run) & (schema.events.c.id == event)
        rows = self._read(select(schema.events.c.body).where(here).order_by(schema.events.c.revision))
        return tuple(_event(body) for (body,) in rows)

    def advice(self, query: AdviceQuery, cursor: str | None = None, limit: int = 100) -> Page[Advice]:
        """See `Store.advice`."""
        return self._page(reading.advice_listing(query), query, cursor, limit, _advice)

    def counts(self, run: str = "") -> Counts:
        """See `Store.counts`."""
        rows = self._read(reading.counts(run))
        return Counts(*rows[0]) if rows else Counts(0, 0, 0, 0, 0, 0)

    def close(self) -> None:
        """See `Store.close`."""
        self._engine.dispose()

    def _page(
        self,
        listing: reading.Listing,
        query: msgspec.Struct,
        cursor: str | None,
        limit: int,
        decode: Callable[[bytes], T],
        *,
        endless: bool = False,
    ) -> Page[T]:
        if not 1 <= limit <= MAX_LIMIT:
            raise ValueError(f"limit must be 1 to {MAX_LIMIT}, not {limit}")
        after = None if cursor is None else read_cursor(query, cursor)
        found = self._read(reading.page(listing, after, limit))
        shown, more = found[:limit], len(found) > limit
        last: Key | None = list(shown[-1][1:]) if shown else after
        if endless and last is None:
            last = [0]
        following = write_cursor(query, last) if (more or endless) and last is not None else None
        return Page(tuple(decode(row[0]) for row in shown), following)

    def _read(self, statement: Select[Any]) -> list[tuple[Any, ...]]:
        """Run one statement on a snapshot of its own; nothing where there is no store yet."""
        if not self._ready:
            if not self._path.exists() or not _has_tables(self._engine, self._path):
                return []
            self._ready = True
        try:
            with self._engine.connect() as connection:
                return [tuple(row) for row in connection.execute(statement)]
        except DatabaseError as error:
            raise StoreError(f"{self._path}: {error.orig}") from error


def _create_tables(engine: Engine) -> None:
    """Create all tables or none; a twin that was faster is no error."""
    with engine.begin() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        if not inspect(connection).has_table(schema.version.name):
            schema.metadata.create_all(connection)
            connection.execute(insert(schema.version).values(version=schema.VERSION))


def _has_tables(engine: Engine, path: Path) -> bool:
    """Tell whether the tables are there; raises StoreError if they are of another version."""
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table(schema.version.name):
                return False
            version = connection.execute(select(schema.version.c.version)).scalar_one_or_none()
    except DatabaseError as error:
        raise StoreError(f"{path} is not a store: {error.orig}") from error
    if version != schema.VERSION:
        raise StoreError(f"{path} has tables of version {version}, this service needs {schema.VERSION}")
    return True
