"""Retention: what is old enough is forgotten, a bounded part at a time; open alarms never.

The live plant is judged by data time: an alarm that cleared longer ago than it is kept goes with its
revisions and its advice. A replay run may hold data of any age, so it goes as a whole, by the time at
which it was last added to.
"""

from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Select, Table, delete, func, select

from pdm.instant import NS
from pdm.store.schema import advice, alarms, assets, control, events, maintenance, runs
from pdm.store.sql import SqlStore

DAY = 24 * 3600 * NS

MOST = 500
"""Alarms, or rows of a run, in one transaction: recording waits no longer than that takes."""


class Keep(Struct, frozen=True):
    """How long cleared alarms and replay runs are kept, in ns; 0 is for ever."""

    events_ns: int
    runs_ns: int


def forget_some(store: SqlStore, keep: Keep, now_ns: int, most: int = MOST) -> int:
    """Delete a part of what is too old in a transaction of its own; returns the rows, 0 when all is done.

    now_ns : wall clock; the live plant's is the newest data time of its machines, if that is earlier
    """
    with store.transaction() as connection:
        gone = _live(connection, keep, now_ns, most) if keep.events_ns else 0
        if not gone and keep.runs_ns:
            gone = _run(connection, now_ns - keep.runs_ns, most)
    return gone


def rows_by_table(connection: Connection) -> dict[str, int]:
    """Count the rows of each table that grows."""
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in (events, alarms, advice, assets, runs)
    }


def _live(connection: Connection, keep: Keep, now_ns: int, most: int) -> int:
    newest = connection.execute(select(func.max(assets.c.time_ns)).where(assets.c.run == "")).scalar_one()
    if newest is None:
        return 0
    horizon = min(now_ns, newest) - keep.events_ns
    old = (alarms.c.run == "") & alarms.c.is_open.is_(False) & (alarms.c.raised_ns < horizon)
    old &= alarms.c.time_ns < horizon
    ids = _listed(connection, select(alarms.c.id).where(old, alarms.c.id != _newest_event()), most)
    if ids:
        return sum(
            connection.execute(delete(table).where(table.c.run == "", column.in_(ids))).rowcount
            for table, column in ((events, events.c.id), (advice, advice.c.event), (alarms, alarms.c.id))
        )
    known = select(alarms.c.id).where(alarms.c.run == "")
    stray = (advice.c.run == "") & (advice.c.time_ns < horizon) & advice.c.event.not_in(known)
    ids = _listed(connection, select(advice.c.id).where(stray), most)
    return connection.execute(delete(advice).where(advice.c.run == "", advice.c.id.in_(ids))).rowcount


def _newest_event() -> Any:
    """Name the event recorded last: it stays, or SQLite would give its `seq` to another one."""
    newest = select(events.c.id).order_by(events.c.seq.desc()).limit(1).scalar_subquery()
    return func.coalesce(newest, "")


def _run(connection: Connection, before_ns: int, most: int) -> int:
    """Delete a part of the oldest run, and the run itself with its last part."""
    oldest = select(runs.c.run).where(runs.c.recorded_ns < before_ns).order_by(runs.c.recorded_ns).limit(1)
    run = connection.execute(oldest).scalar_one_or_none()
    if run is None:
        return 0
    places: tuple[tuple[Table, Any], ...] = (
        (events, events.c.seq),
        (alarms, alarms.c.id),
        (advice, advice.c.id),
        (assets, assets.c.asset),
        (maintenance, maintenance.c.id),
        (control, control.c.id),
    )
    last = select(func.max(events.c.seq)).scalar_subquery()
    for table, key in places:
        wanted = select(key).where(table.c.run == run)
        keys = _listed(connection, wanted.where(key < last) if table is events else wanted, most)
        if keys:
            return connection.execute(delete(table).where(table.c.run == run, key.in_(keys))).rowcount
    return connection.execute(delete(runs).where(runs.c.run == run)).rowcount


def _listed(connection: Connection, keys: Select[Any], most: int) -> list[Any]:
    return list(connection.execute(keys.limit(most)).scalars())
