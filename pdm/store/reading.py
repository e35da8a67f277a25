"""The questions the store answers, as statements with keyset paging."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, func, or_, select, tuple_

from pdm.store.protocol import AdviceQuery, AssetQuery, EventQuery, View
from pdm.store.schema import advice, alarms, assets, events

Keyed = Sequence[Column[Any]]
"""The columns by which a list is sorted, and which make its cursor."""

Listing = tuple[Select[Any], Keyed, bool]
"""A statement without its order, the columns of its order, and whether that is descending."""


def asset_listing(query: AssetQuery) -> Listing:
    """List machines by name."""
    wanted = [assets.c.run == query.run, *_within(assets.c.asset, query.within)]
    return select(assets.c.body).where(*wanted), [assets.c.asset], False


def event_listing(query: EventQuery) -> Listing:
    """List alarms or their revisions, as the view says."""
    if query.view is View.ALARMS:
        return _alarms(query), [alarms.c.raised_ns, alarms.c.id], True
    statement = select(events.c.body).where(*_revision_filters(query))
    if query.view is View.FEED:
        return statement, [events.c.seq], False
    return statement, [events.c.time_ns, events.c.asset, events.c.id, events.c.revision], False


def advice_listing(query: AdviceQuery) -> Listing:
    """List advice, latest first."""
    wanted = [advice.c.run == query.run, *_between(advice.c.time_ns, query.since_ns, query.until_ns)]
    wanted += _within(advice.c.asset, query.within)
    if query.asset is not None:
        wanted.append(advice.c.asset == query.asset)
    if query.event is not None:
        wanted.append(advice.c.event == query.event)
    return select(advice.c.body).where(*wanted), [advice.c.time_ns, advice.c.id], True


def page(listing: Listing, after: Sequence[int | str] | None, limit: int) -> Select[Any]:
    """Return the statement of one page: bodies and keys, one row more than the limit."""
    statement, keys, descending = listing
    if after is not None:
        here = tuple_(*keys)
        statement = statement.where(here < tuple_(*after) if descending else here > tuple_(*after))
    order = [key.desc() if descending else key.asc() for key in keys]
    return statement.add_columns(*keys).order_by(*order).limit(limit + 1)


def _alarms(query: EventQuery) -> Select[Any]:
    head = (events.c.run == alarms.c.run) & (events.c.id == alarms.c.id)
    statement = select(events.c.body).select_from(
        alarms.join(events, head & (events.c.revision == alarms.c.revision))
    )
    wanted: list[ColumnElement[bool]] = [alarms.c.run == query.run]
    wanted += _within(alarms.c.asset, query.within)
    if query.asset is not None:
        wanted.append(alarms.c.asset == query.asset)
    if query.severities:
        wanted.append(alarms.c.severity.in_([s.value for s in query.severities]))
    if query.open_only:
        wanted.append(alarms.c.is_open.is_(True))
    if query.since_ns is not None:
        wanted.append(or_(alarms.c.is_open.is_(True), alarms.c.time_ns >= query.since_ns))
    if query.until_ns is not None:
        wanted.append(alarms.c.raised_ns < query.until_ns)
    return statement.where(*wanted)


def _revision_filters(query: EventQuery) -> list[ColumnElement[bool]]:
    wanted = [events.c.run == query.run, *_between(events.c.time_ns, query.since_ns, query.until_ns)]
    wanted += _within(events.c.asset, query.within)
    if query.asset is not None:
        wanted.append(events.c.asset == query.asset)
    if query.severities:
        wanted.append(events.c.severity.in_([s.value for s in query.severities]))
    if query.open_only:
        still_open = select(alarms.c.id).where(alarms.c.run == query.run, alarms.c.is_open.is_(True))
        wanted.append(events.c.id.in_(still_open))
    return wanted


def _between(time: Column[Any], since: int | None, until: int | None) -> list[ColumnElement[bool]]:
    wanted = []
    if since is not None:
        wanted.append(time >= since)
    if until is not None:
        wanted.append(time < until)
    return wanted


def _within(asset: Column[Any], names: Sequence[str] | None) -> list[ColumnElement[bool]]:
    """Keep to some machines; SQLite takes some 30,000 of them."""
    return [] if names is None else [asset.in_(names)]


def counts(run: str) -> Select[Any]:
    """Count a run's rows: the columns are the fields of `Counts`, in their order."""
    distinct = (
        select(alarms.c.asset, alarms.c.cause, alarms.c.raised_ns)
        .where(alarms.c.run == run)
        .distinct()
        .subquery()
    )
    all_alarms = select(func.count()).select_from(alarms).where(alarms.c.run == run)
    return select(
        select(func.count()).select_from(assets).where(assets.c.run == run).scalar_subquery(),
        all_alarms.scalar_subquery(),
        all_alarms.where(alarms.c.is_open.is_(True)).scalar_subquery(),
        select(func.count()).select_from(events).where(events.c.run == run).scalar_subquery(),
        select(func.count()).select_from(advice).where(advice.c.run == run).scalar_subquery(),
        all_alarms.scalar_subquery() - select(func.count()).select_from(distinct).scalar_subquery(),
    )
