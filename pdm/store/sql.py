"""The store in tables, on any engine: `SqlStore.writer` for the recorder, `SqlStore` for everybody else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self, TypeVar

import msgspec
from sqlalchemy import Connection, Select, select

from pdm.records.advice import Advice
from pdm.records.control import MaintenanceWindow, RulesChange
from pdm.records.event import Event
from pdm.records.status import AssetStatus
from pdm.store import maintaining, reading, schema
from pdm.store.cursors import Key, read_cursor, write_cursor
from pdm.store.engine import Engine, explained
from pdm.store.errors import StoreAwayError, StoreError
from pdm.store.migrations import order
from pdm.store.protocol import (
    MAX_LIMIT,
    AdviceQuery,
    AssetQuery,
    Batch,
    Counts,
    EventQuery,
    MaintenanceQuery,
    Page,
    RulesQuery,
    View,
)
from pdm.store.writing import Upserts, write

T = TypeVar("T")

_event = msgspec.msgpack.Decoder(Event).decode
_advice = msgspec.msgpack.Decoder(Advice).decode
_status = msgspec.msgpack.Decoder(AssetStatus).decode


class SqlStore:
    """The `Store` protocol on any engine; safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.upserts = Upserts.of(engine.insert)
        self._ready = False

    @classmethod
    def writer(cls, engine: Engine) -> Self:
        """Bring the tables to this version, all steps or none, and open them; a twin may do it first.

        raises StoreError where that is not possible; the engine is let go then
        """
        store = cls(engine)
        try:
            if store._version() != schema.VERSION:
                with store.transaction() as connection:
                    order.upgrade(connection, engine.where)
            store._ready = True
        except BaseException:
            engine.connections.dispose()
            raise
        return store

    @property
    def where(self) -> str:
        """Name the file or database, without a password."""
        return self.engine.where

    def record(self, batch: Batch) -> None:
        """See `Store.record`."""
        with self.transaction() as connection:
            write(connection, self.upserts, batch)

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

    def maintenance(
        self, query: MaintenanceQuery, cursor: str | None = None, limit: int = 100
    ) -> Page[MaintenanceWindow]:
        """See `Store.maintenance`."""
        return self._page(maintaining.listing(query), query, cursor, limit, maintaining.read)

    def window(self, run: str, name: str) -> MaintenanceWindow | None:
        """See `Store.window`."""
        rows = self._read(maintaining.one(run, name))
        return maintaining.read(rows[0][0]) if rows else None

    def rules(self, query: RulesQuery, cursor: str | None = None, limit: int = 100) -> Page[RulesChange]:
        """See `Store.rules`."""
        return self._page(maintaining.rules_listing(query), query, cursor, limit, maintaining.read_rules)

    def counts(self, run: str = "") -> Counts:
        """See `Store.counts`."""
        rows = self._read(reading.counts(run))
        return Counts(*rows[0]) if rows else Counts(0, 0, 0, 0, 0, 0)

    def close(self) -> None:
        """See `Store.close`."""
        self.engine.connections.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Be the only writer until the end; what is raised inside undoes everything."""
        with explained(self.where), self.engine.connections.begin() as connection:
            self.engine.lock(connection)
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """See one state of all tables, while others write; for a store opened for reading.

        raises StoreError where there are no tables
        """
        if not self.is_ready():
            raise StoreError(f"{self.where} is no store yet: start the service once, or restore one")
        with explained(self.where), self.engine.connections.connect() as connection:
            self.engine.snapshot(connection)
            yield connection

    def is_ready(self) -> bool:
        """Tell whether there are tables; raises StoreError if they are of another version."""
        if not self._ready and self.engine.is_there():
            found = self._version()
            if found not in {order.NONE, schema.VERSION}:
                raise order.refusal(self.where, found)
            self._ready = found == schema.VERSION
        return self._ready

    def _version(self) -> int:
        try:
            with explained(self.where), self.engine.connections.connect() as connection:
                return order.version(connection)
        except StoreAwayError:
            raise
        except StoreError as error:
            raise StoreError(f"{self.where} is not a store: {error.__cause__}") from error

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
        if not self.is_ready():
            return []
        with explained(self.where), self.engine.connections.connect() as connection:
            return [tuple(row) for row in connection.execute(statement)]
