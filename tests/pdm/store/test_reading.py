"""Lists, filters and cursors, against the same done with plain Python lists."""

import threading

import pytest
from fakes.records import NOON, at, make_advice, make_event, make_status
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_fixtures import Place, write

from pdm.instant import NS, nanoseconds
from pdm.records.event import Event, Kind, Severity
from pdm.store.errors import CursorError, StoreError
from pdm.store.protocol import AdviceQuery, AssetQuery, EventQuery, Page, View
from pdm.store.sql import SqlStore


@pytest.fixture
def writer(place: Place) -> SqlStore:
    """Return an empty store that may be written."""
    return place.writer()


@pytest.fixture
def reader(place: Place, writer: SqlStore) -> SqlStore:
    """Return the same store, read-only."""
    assert writer.counts().alarms == 0
    return place.reader()


def walk(store: SqlStore, query: EventQuery, limit: int) -> list[Event]:
    """Follow the cursors to the end."""
    items: list[Event] = []
    page: Page[Event] = store.events(query, None, limit)
    items += page.items
    while page.next is not None and page.items:
        page = store.events(query, page.next, limit)
        items += page.items
    return items


def history(count: int) -> list[Event]:
    """Return alarms of three machines, most with several revisions, ties in time among them."""
    events = []
    for n in range(count):
        last = n % 4 + 1
        for revision in range(1, last + 1):
            kind = Kind.RAISE if revision == 1 else Kind.CLEAR if revision == 4 else Kind.UPDATE
            events.append(
                make_event(
                    n,
                    revision=revision,
                    kind=kind,
                    asset=f"pump-{n % 3}",
                    severity=list(Severity)[n % 4],
                    raised=at(n // 2),
                    time=at(n // 2 + 10 * (revision - 1)),
                )
            )
    return events


def naive_alarms(events: list[Event], query: EventQuery) -> list[Event]:
    """Return what a query should find, the obvious way."""
    heads = {event.id: event for event in events}
    wanted = [
        e
        for e in heads.values()
        if (query.asset is None or e.asset == query.asset)
        and (query.within is None or e.asset in query.within)
        and (not query.severities or e.severity in query.severities)
        and (not query.open_only or e.kind is not Kind.CLEAR)
        and (query.since_ns is None or e.kind is not Kind.CLEAR or nanoseconds(e.time) >= query.since_ns)
        and (query.until_ns is None or nanoseconds(e.raised) < query.until_ns)
    ]
    return sorted(wanted, key=lambda e: (nanoseconds(e.raised), e.id), reverse=True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(
    asset=st.none() | st.sampled_from(["pump-0", "pump-2", "pump-9"]),
    within=st.none() | st.sets(st.sampled_from(["pump-0", "pump-1", "pump-9"])),
    severities=st.sets(st.sampled_from(Severity), max_size=2),
    open_only=st.booleans(),
    since=st.none() | st.integers(0, 50),
    until=st.none() | st.integers(0, 50),
    limit=st.integers(1, 30),
)
def test_a_list_of_alarms_is_what_plain_python_finds(
    writer: SqlStore,
    asset: str | None,
    within: set[str] | None,
    severities: set[Severity],
    open_only: bool,
    since: int | None,
    until: int | None,
    limit: int,
) -> None:
    """Every mixture of filters and page sizes gives each wanted alarm once, latest raise first."""
    if writer.counts().alarms == 0:
        write(writer, *history(24))
    query = EventQuery(
        asset=asset,
        within=None if within is None else tuple(sorted(within)),
        severities=tuple(sorted(severities)),
        open_only=open_only,
        since_ns=None if since is None else NOON + since * NS,
        until_ns=None if until is None else NOON + until * NS,
    )
    assert walk(writer, query, limit) == naive_alarms(history(24), query)


def test_every_list_keeps_to_the_machines_that_may_be_seen(writer: SqlStore) -> None:
    """Machines, advice, and all views of events; a cursor counts for the same machines only."""
    write(writer, *history(6), *(make_status(f"pump-{n}") for n in range(3)))
    write(writer, *(make_advice(n, asset=f"pump-{n}") for n in range(3)))
    seen: tuple[str, ...] = ("pump-0", "pump-2")
    assert [one.asset for one in writer.assets(AssetQuery(within=seen)).items] == ["pump-0", "pump-2"]
    assert {one.asset for one in writer.advice(AdviceQuery(within=seen)).items} == set(seen)
    for view in View:
        assert {event.asset for event in walk(writer, EventQuery(within=seen, view=view), 2)} == set(seen)
        assert walk(writer, EventQuery(within=(), view=view), 2) == []
    cursor = writer.events(EventQuery(within=seen), None, 1).next
    with pytest.raises(CursorError):
        writer.events(EventQuery(), cursor, 1)


@pytest.mark.parametrize("limit", [1, 7, 1000])
def test_revisions_come_in_the_order_of_an_export(writer: SqlStore, limit: int) -> None:
    """The view of revisions sorts by time, asset, id and revision, whatever was recorded first."""
    write(writer, *reversed(history(20)))
    found = walk(writer, EventQuery(view=View.REVISIONS), limit)
    assert found == sorted(history(20), key=lambda e: (nanoseconds(e.time), e.asset, e.id, e.revision))


def test_times_sort_exactly_where_their_texts_would_not(writer: SqlStore) -> None:
    """A nanosecond after a whole second comes after it, though 'Z' sorts after '.' as text."""
    whole, later = (
        make_event(1, time="2026-03-01T12:00:00Z"),
        make_event(2, time="2026-03-01T12:00:00.000000001Z"),
    )
    write(writer, later, whole)
    assert writer.events(EventQuery(view=View.REVISIONS)).items == (whole, later)


def test_the_feed_goes_on_where_it_ended(writer: SqlStore, reader: SqlStore) -> None:
    """A follower's cursor is always there, from the empty store on, and shows late data times too."""
    feed = EventQuery(view=View.FEED)
    start = reader.events(feed)
    assert start.items == ()
    write(writer, make_event(5))
    first = reader.events(feed, start.next)
    write(writer, make_event(1), make_event(5))
    second = reader.events(feed, first.next)
    third = reader.events(feed, second.next)
    assert (first.items, second.items, third.items) == ((make_event(5),), (make_event(1),), ())


def test_advice_is_found_by_event_asset_and_time(writer: SqlStore) -> None:
    """Each filter of advice keeps what it names, latest first."""
    some = [make_advice(n, asset=f"pump-{n % 2}") for n in range(6)]
    write(writer, *some)
    assert writer.advice(AdviceQuery()).items == tuple(reversed(some))
    assert writer.advice(AdviceQuery(event=some[3].event)).items == (some[3],)
    assert writer.advice(AdviceQuery(asset="pump-1")).items == (some[5], some[3], some[1])
    query = AdviceQuery(since_ns=NOON + 2 * NS, until_ns=NOON + 4 * NS)
    assert writer.advice(query).items == (some[3], some[2])


def test_machines_come_by_name_page_by_page(writer: SqlStore) -> None:
    """Pages of machines follow one another without a gap, run by run."""
    names = [f"m-{n:02}" for n in range(11)]
    write(writer, *[make_status(name) for name in reversed(names)], make_status("x", run="r"))
    seen, cursor = [], None
    while True:
        page = writer.assets(AssetQuery(), cursor, 4)
        seen += [status.asset for status in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == names
    assert [s.asset for s in writer.assets(AssetQuery(run="r")).items] == ["x"]


def test_a_cursor_belongs_to_its_query(writer: SqlStore) -> None:
    """A cursor under other filters, or a damaged one, is refused instead of skipping rows."""
    write(writer, *history(8))
    cursor = writer.events(EventQuery(), None, 2).next
    assert cursor is not None
    other = [EventQuery(asset="pump-1"), EventQuery(run="r"), EventQuery(view=View.REVISIONS)]
    for query in other:
        with pytest.raises(CursorError, match="another query"):
            writer.events(query, cursor, 2)
    for damaged in ("", "é", "%%%", cursor[:-4], cursor[:9] + "A" + cursor[10:], "AAAA", "w" * 5000):
        with pytest.raises(CursorError):
            writer.events(EventQuery(), damaged, 2)


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_a_page_has_a_size_between_its_bounds(writer: SqlStore, limit: int) -> None:
    """A limit outside 1 to 1000 is the caller's mistake."""
    with pytest.raises(ValueError, match="limit"):
        writer.events(EventQuery(), None, limit)


def test_a_reader_before_the_first_writer_finds_nothing_and_then_everything(place: Place) -> None:
    """The API may start first: it answers with nothing until the recorder has made the store."""
    reader = place.reader()
    assert reader.events(EventQuery()).items == ()
    assert not reader.is_ready()
    writer = place.writer()
    write(writer, make_event())
    assert reader.events(EventQuery()).items == (make_event(),)
    writer.close()
    assert reader.events(EventQuery()).items == (make_event(),)


def test_a_reader_cannot_write(writer: SqlStore, reader: SqlStore) -> None:
    """Read-only is the connection's property, not a promise."""
    write(writer, make_event())
    with pytest.raises(StoreError, match=r"read-?only"):
        write(reader, make_event(2))


def test_a_reader_is_not_blocked_by_a_transaction_under_way(writer: SqlStore, reader: SqlStore) -> None:
    """While a batch is being written, readers see the state before it, at once."""
    write(writer, make_event(1))
    with writer.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM alarms")
        seen: list[Event] = []
        thread = threading.Thread(target=lambda: seen.extend(reader.events(EventQuery()).items))
        thread.start()
        thread.join(5)
        assert seen == [make_event(1)]
        connection.rollback()
