"""Everything in a store: read from one snapshot, and put into another store whole."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Column, Connection, Table, delete, func, insert, select, update

from pdm.records.advice import Advice
from pdm.records.control import Control
from pdm.records.event import Event
from pdm.records.status import AssetStatus
from pdm.store.protocol import Row
from pdm.store.schema import advice, alarms, assets, control, events, maintenance, offsets, runs
from pdm.store.writing import Upserts, write_rows

T = TypeVar("T", Event, Advice, AssetStatus, Control)

AT_ONCE = 1000
"""Rows that are read or written at a time."""

Offsets = Mapping[tuple[str, int], int]
"""Topic and partition -> offset to read next."""

KEPT = (events, alarms, advice, assets, control, maintenance, offsets, runs)


def all_events(connection: Connection) -> Iterator[Event]:
    """Yield every revision in the order in which it was recorded."""
    yield from _bodies(connection, events, [events.c.seq], Event)


def all_advice(connection: Connection) -> Iterator[Advice]:
    """Yield all advice by run and id."""
    yield from _bodies(connection, advice, [advice.c.run, advice.c.id], Advice)


def all_assets(connection: Connection) -> Iterator[AssetStatus]:
    """Yield where every machine stands, by run and name."""
    yield from _bodies(connection, assets, [assets.c.run, assets.c.asset], AssetStatus)


def all_control(connection: Connection) -> Iterator[Control]:
    """Yield all that people have changed, in the order in which it was recorded."""
    yield from _bodies(connection, control, [control.c.seq], Control)


def all_offsets(connection: Connection) -> dict[tuple[str, int], int]:
    """Return how far each partition has been recorded."""
    found = connection.execute(select(offsets.c.topic, offsets.c.partition, offsets.c.next))
    return {(topic, partition): following for topic, partition, following in found}


def all_runs(connection: Connection) -> dict[str, int]:
    """Return when each replay run was last added to, in ns."""
    found = connection.execute(select(runs.c.run, runs.c.recorded_ns))
    return {row.run: row.recorded_ns for row in found}


def is_empty(connection: Connection) -> bool:
    """Tell whether there is nothing that could be lost."""
    tables = (events, advice, assets, control)
    return not any(connection.execute(select(table.c.run).limit(1)).first() for table in tables)


def alarm_keys(connection: Connection) -> set[tuple[str, str]]:
    """Return run and id of every alarm."""
    return {(run, name) for run, name in connection.execute(select(alarms.c.run, alarms.c.id))}


def replace(
    connection: Connection,
    upserts: Upserts,
    rows: Iterable[Row],
    following: Offsets,
    recorded: Mapping[str, int],
) -> None:
    """Put these rows, offsets and runs in the place of all there is, in the transaction of `connection`.

    `seq` goes on rising, so that whoever follows the feed sees everything once more and misses nothing.
    """
    top = connection.execute(select(func.max(events.c.seq))).scalar_one()
    marked = update(events).where(events.c.seq == top).values(run="", id="", revision=0)
    connection.execute(marked)
    for table in KEPT:
        connection.execute(delete(table).where(events.c.seq != top) if table is events else delete(table))
    remaining = iter(rows)
    while some := list(islice(remaining, AT_ONCE)):
        write_rows(connection, upserts, some)
    connection.execute(delete(events).where(events.c.seq == top))
    connection.execute(delete(runs))
    _fill(connection, offsets, [{"topic": t, "partition": p, "next": n} for (t, p), n in following.items()])
    _fill(connection, runs, [{"run": run, "recorded_ns": at} for run, at in recorded.items()])


def _fill(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _bodies(connection: Connection, table: Table, keys: list[Column[Any]], kind: Any) -> Iterator[Any]:
    decode = msgspec.msgpack.Decoder(kind).decode
    statement = select(table.c.body).order_by(*keys).execution_options(yield_per=AT_ONCE)
    for body in connection.execute(statement).scalars():
        yield decode(body)
