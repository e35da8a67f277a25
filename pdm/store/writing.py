"""One batch into the tables: upserts that only newer rows win, and the offset by compare-and-set."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Table, select, update
from sqlalchemy.dialects.sqlite import Insert, insert

from pdm.records.advice import Advice
from pdm.records.event import Event
from pdm.records.status import AssetStatus
from pdm.store import schema
from pdm.store.errors import OffsetMovedError
from pdm.store.protocol import Batch
from pdm.store.rows import Values, advice_row, alarm_row, asset_row, event_row

R = TypeVar("R", Event, Advice, AssetStatus)


def write(connection: Connection, batch: Batch) -> None:
    """Write a batch in the transaction of `connection`; raises OffsetMovedError."""
    _move_offset(connection, batch)
    _upsert(connection, _EVENT, batch, Event, event_row)
    _upsert(connection, _ALARM, batch, Event, alarm_row)
    _upsert(connection, _ADVICE, batch, Advice, advice_row)
    _upsert(connection, _ASSET, batch, AssetStatus, asset_row)


def _move_offset(connection: Connection, batch: Batch) -> None:
    """Go from the expected offset to the next; the first write, so that it takes the lock."""
    key = {"topic": batch.topic, "partition": batch.partition}
    connection.execute(insert(schema.offsets).values(**key, next=0).on_conflict_do_nothing())
    here = (schema.offsets.c.topic == batch.topic) & (schema.offsets.c.partition == batch.partition)
    as_expected = here & (schema.offsets.c.next == batch.expected)
    moved = connection.execute(update(schema.offsets).where(as_expected).values(next=batch.next))
    if moved.rowcount != 1:
        stored = connection.execute(select(schema.offsets.c.next).where(here)).scalar_one()
        raise OffsetMovedError(batch.topic, batch.partition, batch.expected, stored)


def _upsert(
    connection: Connection, statement: Insert, batch: Batch, kind: type[R], row: Callable[[R], Values]
) -> None:
    rows = [row(record) for record in batch.rows if isinstance(record, kind)]
    if rows:
        connection.execute(statement, rows)


def _newer_wins(table: Table, order: str, *, same_too: bool = False) -> Insert:
    """Insert, or replace a row whose `order` is smaller (`same_too`: or equal)."""
    statement = insert(table)
    new, old = statement.excluded[order], table.c[order]
    changed = {c.name: statement.excluded[c.name] for c in table.columns if not c.primary_key}
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_=changed,
        where=old <= new if same_too else old < new,
    )


_EVENT = insert(schema.events).on_conflict_do_nothing(index_elements=["run", "id", "revision"])
_ALARM = _newer_wins(schema.alarms, "revision")
_ADVICE = _newer_wins(schema.advice, "revision")
_ASSET = _newer_wins(schema.assets, "time_ns", same_too=True)
