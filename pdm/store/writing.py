"""One batch into the tables: upserts that only newer rows win, and the offset by compare-and-set."""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Self

from msgspec import Struct
from sqlalchemy import Connection, Table, select, update

from pdm.records.advice import Advice
from pdm.records.control import Control
from pdm.records.event import Event
from pdm.records.status import AssetStatus
from pdm.store import schema
from pdm.store.engine import Insert
from pdm.store.errors import OffsetMovedError
from pdm.store.maintaining import write_control
from pdm.store.protocol import Batch, Row
from pdm.store.rows import Values, advice_row, alarm_row, asset_row, event_row

Inserting = Callable[[Table], Insert]


class Upserts(Struct, frozen=True):
    """The inserts of one engine's dialect, built once."""

    offset: Insert
    event: Insert
    alarm: Insert
    advice: Insert
    asset: Insert
    run: Insert
    control: Insert
    maintenance: Insert

    @classmethod
    def of(cls, insert: Inserting) -> Self:
        """Build them with the engine's own `insert`."""
        return cls(
            offset=insert(schema.offsets).on_conflict_do_nothing(),
            event=insert(schema.events).on_conflict_do_nothing(index_elements=["run", "id", "revision"]),
            alarm=_newer_wins(insert, schema.alarms, "revision"),
            advice=_newer_wins(insert, schema.advice, "revision"),
            asset=_newer_wins(insert, schema.assets, "time_ns", same_too=True),
            run=_newer_wins(insert, schema.runs, "recorded_ns"),
            control=insert(schema.control).on_conflict_do_nothing(index_elements=["run", "id"]),
            maintenance=insert(schema.maintenance).on_conflict_do_nothing(),
        )


def write(connection: Connection, upserts: Upserts, batch: Batch) -> None:
    """Write a batch in the transaction of `connection`, which holds the lock; raises OffsetMovedError."""
    _move_offset(connection, upserts, batch)
    write_rows(connection, upserts, batch.rows)


def write_rows(connection: Connection, upserts: Upserts, rows: Sequence[Row]) -> None:
    """Write rows whatever the offset: newer ones win."""
    events = [row for row in rows if isinstance(row, Event)]
    advice = [row for row in rows if isinstance(row, Advice)]
    assets = [row for row in rows if isinstance(row, AssetStatus)]
    _upsert(connection, upserts.event, map(event_row, events))
    _upsert(connection, upserts.alarm, map(alarm_row, events))
    _upsert(connection, upserts.advice, map(advice_row, advice))
    _upsert(connection, upserts.asset, map(asset_row, assets))
    said = [row for row in rows if isinstance(row, Control)]
    write_control(connection, upserts.control, upserts.maintenance, said)
    runs = {row.run for row in rows} - {""}
    _upsert(connection, upserts.run, ({"run": run, "recorded_ns": time.time_ns()} for run in runs))


def _move_offset(connection: Connection, upserts: Upserts, batch: Batch) -> None:
    """Go from the expected offset to the next, where the store has the expected one."""
    key = {"topic": batch.topic, "partition": batch.partition}
    connection.execute(upserts.offset, {**key, "next": 0})
    here = (schema.offsets.c.topic == batch.topic) & (schema.offsets.c.partition == batch.partition)
    as_expected = here & (schema.offsets.c.next == batch.expected)
    moved = connection.execute(update(schema.offsets).where(as_expected).values(next=batch.next))
    if moved.rowcount != 1:
        stored = connection.execute(select(schema.offsets.c.next).where(here)).scalar_one()
        raise OffsetMovedError(batch.topic, batch.partition, batch.expected, stored)


def _upsert(connection: Connection, statement: Insert, rows: Iterable[Values]) -> None:
    found = list(rows)
    if found:
        connection.execute(statement, found)


def _newer_wins(insert: Inserting, table: Table, order: str, *, same_too: bool = False) -> Insert:
    """Insert, or replace a row whose `order` is smaller (`same_too`: or equal)."""
    statement = insert(table)
    new, old = statement.excluded[order], table.c[order]
    changed = {c.name: statement.excluded[c.name] for c in table.columns if not c.primary_key}
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_=changed,
        where=old <= new if same_too else old < new,
    )
