"""What a batch leaves in the store, once, twice, and against a twin."""

import threading
import time
from pathlib import Path

import pytest
from fakes.records import at, make_advice, make_event, make_status
from store_fixtures import Place, write

from pdm.records.event import Kind
from pdm.store.errors import OffsetMovedError, StoreError
from pdm.store.protocol import AdviceQuery, AssetQuery, Batch, EventQuery, View
from pdm.store.sql import SqlStore
from pdm.store.sqlite import open_reader, open_writer

TOPIC = "pdm.sd.events.v1"


@pytest.fixture
def store(place: Place) -> SqlStore:
    """Return an empty store that may be written."""
    return place.writer()


def test_rows_and_offset_are_there_after_a_batch(store: SqlStore) -> None:
    """A batch of all kinds of rows comes back as the same values, and moves the offset."""
    store.record(Batch(TOPIC, 3, 0, 17, (make_event(), make_advice(), make_status())))
    assert store.events(EventQuery()).items == (make_event(),)
    assert store.advice(AdviceQuery()).items == (make_advice(),)
    assert store.assets(AssetQuery()).items == (make_status(),)
    assert (store.offset(TOPIC, 3), store.offset(TOPIC, 4)) == (17, 0)


def test_a_moved_offset_rolls_everything_back(store: SqlStore) -> None:
    """A paused twin that comes back writes nothing, and learns where to go on."""
    store.record(Batch(TOPIC, 0, 0, 10, (make_event(1),)))
    with pytest.raises(OffsetMovedError) as refused:
        store.record(Batch(TOPIC, 0, 0, 4, (make_event(2),)))
    assert refused.value.stored == 10
    assert store.offset(TOPIC, 0) == 10
    assert store.event("", make_event(2).id) == ()


def test_an_offset_the_store_never_had_is_refused(store: SqlStore) -> None:
    """On an empty store only 0 is expected; the refusal leaves nothing behind."""
    with pytest.raises(OffsetMovedError) as refused:
        store.record(Batch(TOPIC, 0, 5, 6, (make_event(),)))
    assert refused.value.stored == 0
    assert store.counts().revisions == 0


def test_a_replayed_raise_never_reopens_a_cleared_alarm(store: SqlStore) -> None:
    """Revisions that come again, in any order, change nothing and give no second row."""
    raised = make_event()
    cleared = make_event(revision=2, kind=Kind.CLEAR, time=at(60))
    write(store, raised, cleared)
    write(store, raised)
    write(store, cleared, raised)
    assert store.events(EventQuery()).items == (cleared,)
    assert store.events(EventQuery(open_only=True)).items == ()
    assert store.event("", raised.id) == (raised, cleared)
    counted = store.counts()
    assert (counted.alarms, counted.open_alarms, counted.revisions, counted.duplicates) == (1, 0, 2, 0)


def test_the_newest_revision_wins_within_one_batch_in_any_order(store: SqlStore) -> None:
    """Three revisions delivered backwards leave the last one as the alarm."""
    revisions = [make_event(revision=n, kind=Kind.UPDATE, time=at(n)) for n in (3, 2, 1)]
    write(store, *revisions)
    assert store.events(EventQuery()).items == (revisions[0],)
    assert store.event("", revisions[0].id) == tuple(reversed(revisions))


def test_advice_keeps_its_newest_revision(store: SqlStore) -> None:
    """A worded revision replaces the draft; the draft that comes again does not replace it."""
    worded = make_advice(revision=2, source="llm", text="Please look at pump-7.")
    write(store, make_advice(), worded)
    write(store, make_advice())
    assert store.advice(AdviceQuery()).items == (worded,)


def test_an_older_state_of_a_machine_never_replaces_a_newer_one(store: SqlStore) -> None:
    """Where a machine stands is its latest data time; the same time again may correct it."""
    write(store, make_status(time=at(10)), make_status(time=at(5), score=9.0))
    assert store.asset("", "pump-7") == make_status(time=at(10))
    write(store, make_status(time=at(10), score=0.3))
    assert store.asset("", "pump-7") == make_status(time=at(10), score=0.3)


def test_runs_do_not_mix(store: SqlStore) -> None:
    """The same event id of the live plant and of a replay are two alarms."""
    write(store, make_event(), make_event(run="replay-1", kind=Kind.CLEAR, revision=2))
    assert store.events(EventQuery()).items == (make_event(),)
    assert store.events(EventQuery(open_only=True)).items == (make_event(),)
    assert store.event("replay-1", make_event().id) == (
        make_event(run="replay-1", kind=Kind.CLEAR, revision=2),
    )


def test_two_ids_for_one_raise_are_counted_as_duplicates(store: SqlStore) -> None:
    """What would be a phantom alarm shows in the counts."""
    write(store, make_event(1), make_event(2, cause="drift-1", raised=at(1)))
    assert store.counts().duplicates == 1


def test_a_second_opening_finds_what_the_first_wrote(place: Place) -> None:
    """Rows and offsets are kept."""
    first = place.writer()
    first.record(Batch(TOPIC, 0, 0, 4, (make_event(),)))
    first.close()
    again = place.writer()
    assert (again.offset(TOPIC, 0), again.counts().alarms) == (4, 1)


def test_of_two_writers_one_wins_each_offset(place: Place) -> None:
    """Two recorders race for every batch of a partition: each is written by exactly one of them."""
    stores = place.writer(), place.writer()
    won: tuple[list[int], list[int]] = ([], [])
    told: list[int] = []
    both = threading.Barrier(2)

    def race(which: int) -> None:
        for offset in range(40):
            both.wait(30)
            try:
                stores[which].record(
                    Batch(TOPIC, 0, offset, offset + 1, (make_event(1000 * which + offset),))
                )
            except OffsetMovedError as lost:
                told.append(lost.stored - offset)
            else:
                won[which].append(offset)

    threads = [threading.Thread(target=race, args=(which,)) for which in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(won[0] + won[1]) == list(range(40))
    assert told == [1] * 40
    assert stores[0].offset(TOPIC, 0) == stores[0].counts().revisions == 40


def test_what_a_follower_reads_while_two_write_has_no_gap(place: Place) -> None:
    """Two writers of two partitions: the feed is followed meanwhile, and nothing is passed over."""
    stores, reader = (place.writer(), place.writer()), place.reader()

    def fill(which: int) -> None:
        for n in range(60):
            rows = tuple(make_event(1000 * which + 3 * n + k) for k in range(3))
            stores[which].record(Batch(TOPIC, which, n, n + 1, rows))

    threads = [threading.Thread(target=fill, args=(which,)) for which in (0, 1)]
    for thread in threads:
        thread.start()
    seen: set[str] = set()
    cursor: str | None = None
    deadline = time.monotonic() + 60
    while len(seen) < 360 and time.monotonic() < deadline:
        page = reader.events(EventQuery(view=View.FEED), cursor)
        seen |= {event.id for event in page.items}
        cursor = page.next
    for thread in threads:
        thread.join(60)
    assert len(seen) == 360


@pytest.mark.parametrize("content", [b"no database at all, but long enough to be read as one" * 40])
def test_a_file_that_is_no_store_is_refused(tmp_path: Path, content: bytes) -> None:
    """Neither side opens a file that something else wrote, and it stays as it was."""
    path = tmp_path / "store.sqlite"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="is not a store"):
        open_writer(path)
    reader = open_reader(path)
    with pytest.raises(StoreError, match="is not a store"):
        reader.counts()
    reader.close()
    assert path.read_bytes() == content


def test_tables_of_a_later_version_are_refused(place: Place) -> None:
    """A store of a later service says so instead of answering nonsense."""
    with place.writer().transaction() as connection:
        connection.exec_driver_sql("UPDATE schema_version SET version = 99")
    with pytest.raises(StoreError, match="version 99"):
        place.writer()
    with pytest.raises(StoreError, match="version 99"):
        place.reader().counts()
