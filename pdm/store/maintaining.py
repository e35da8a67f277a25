"""What people have changed, as rows: each record once, and the maintenance that follows from them."""

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, or_, select, update

from pdm.instant import nanoseconds
from pdm.records.control import (
    Control,
    Maintenance,
    MaintenanceEnd,
    MaintenanceWindow,
    RulesChange,
    ended,
    window,
)
from pdm.store.engine import Insert
from pdm.store.protocol import MaintenanceQuery, RulesQuery
from pdm.store.reading import Listing
from pdm.store.rows import Values
from pdm.store.schema import control, maintenance

_encode = msgspec.msgpack.Encoder().encode
read = msgspec.msgpack.Decoder(MaintenanceWindow).decode
read_rules = msgspec.msgpack.Decoder(RulesChange).decode


def control_row(said: Control) -> Values:
    """Return the row of one record."""
    return {
        "run": said.run,
        "id": said.id,
        "what": str(said.__struct_config__.tag),
        "subject": said.name if isinstance(said, RulesChange) else said.asset,
        "who": said.who,
        "time_ns": said.when,
        "body": _encode(said),
    }


def maintenance_row(one: MaintenanceWindow) -> Values:
    """Return the row of one maintenance as it stands."""
    return {
        "run": one.run,
        "id": one.id,
        "asset": one.asset,
        "begin_ns": nanoseconds(one.begin),
        "end_ns": None if one.to is None else nanoseconds(one.to),
        "body": _encode(one),
    }


def write_control(connection: Connection, record: Insert, begun: Insert, said: Iterable[Control]) -> None:
    """Write records one by one, since each may change what the one before has left.

    record, begun : inserts into the two tables that leave alone what is there
    """
    for one in said:
        connection.execute(record, control_row(one))
        if isinstance(one, Maintenance):
            connection.execute(begun, maintenance_row(window(one)))
        elif isinstance(one, MaintenanceEnd):
            _end(connection, one)


def listing(query: MaintenanceQuery) -> Listing:
    """List maintenance, the latest beginning first."""
    wanted: list[ColumnElement[bool]] = [maintenance.c.run == query.run]
    if query.within is not None:
        wanted.append(maintenance.c.asset.in_(query.within))
    if query.asset is not None:
        wanted.append(maintenance.c.asset == query.asset)
    if query.since_ns is not None:
        wanted.append(or_(maintenance.c.end_ns.is_(None), maintenance.c.end_ns > query.since_ns))
    if query.until_ns is not None:
        wanted.append(maintenance.c.begin_ns < query.until_ns)
    keys = [maintenance.c.begin_ns, maintenance.c.id]
    return select(maintenance.c.body).where(*wanted), keys, True


def rules_listing(query: RulesQuery) -> Listing:
    """List changes of rules, the latest first; packs are known by the subject of their records."""
    wanted: list[ColumnElement[bool]] = [control.c.what == "rules"]
    if query.name is not None:
        wanted.append(control.c.subject == query.name)
    return select(control.c.body).where(*wanted), [control.c.time_ns, control.c.id], True


def one(run: str, name: str) -> Select[Any]:
    """Find one maintenance."""
    return select(maintenance.c.body).where(maintenance.c.run == run, maintenance.c.id == name)


def _end(connection: Connection, said: MaintenanceEnd) -> None:
    """Let a maintenance end, where there is one of that machine."""
    body = connection.execute(one(said.run, said.of)).scalar_one_or_none()
    before = read(body) if body is not None else None
    if before is None or before.asset != said.asset:
        return
    here = (maintenance.c.run == said.run) & (maintenance.c.id == said.of)
    connection.execute(update(maintenance).where(here).values(**maintenance_row(ended(before, said))))
