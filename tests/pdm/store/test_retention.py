"""Retention, on both engines: what is old and over goes, and nothing else."""

from fakes.records import NOON, at, make_advice, make_event, make_status
from store_fixtures import Place, write

from pdm.records.event import Event, Kind
from pdm.store.protocol import AdviceQuery, AssetQuery, EventQuery, View
from pdm.store.retention import DAY, Keep, forget_some, rows_by_table
from pdm.store.schema import runs
from pdm.store.sql import SqlStore

DAY_S = 24 * 3600.0
KEEP = Keep(events_ns=30 * DAY, runs_ns=10 * DAY)
NOW = NOON + 100 * DAY


def alarm(number: int, day: float, *, cleared: bool = True, run: str = "") -> tuple[Event, ...]:
    """Return an alarm that is raised on a day, and cleared a minute later."""
    raised = make_event(number, raised=at(day * DAY_S), time=at(day * DAY_S), run=run)
    cleared_at = at(day * DAY_S + 60)
    clear = make_event(number, revision=2, kind=Kind.CLEAR, raised=raised.raised, time=cleared_at, run=run)
    return (raised, clear) if cleared else (raised,)


def forget(store: SqlStore, keep: Keep = KEEP, now_ns: int = NOW, most: int = 2) -> list[int]:
    """Forget part by part; returns how many rows went with each."""
    parts = []
    while gone := forget_some(store, keep, now_ns, most):
        parts.append(gone)
    return parts


def test_old_cleared_alarms_go_with_revisions_and_advice(place: Place) -> None:
    """What is younger stays, to the last revision."""
    store = place.writer()
    for number in range(10):
        write(store, *alarm(number, day=number * 10), make_advice(number, time=at(number * 10 * DAY_S)))
    write(store, make_status(time=at(100 * DAY_S)))
    assert len(forget(store)) > 1
    kept = range(7, 10)
    assert [event.id for event in store.events(EventQuery()).items] == [
        make_event(n).id for n in reversed(kept)
    ]
    assert [a.id for a in store.advice(AdviceQuery()).items] == [make_advice(n).id for n in reversed(kept)]
    with store.transaction() as connection:
        assert rows_by_table(connection) == {"events": 6, "alarms": 3, "advice": 3, "assets": 1, "runs": 0}


def test_an_open_alarm_never_goes(place: Place) -> None:
    """However long ago it was raised."""
    store = place.writer()
    write(store, *alarm(1, day=0, cleared=False), *alarm(2, day=0), *alarm(3, day=0))
    write(store, make_status(time=at(100 * DAY_S)))
    forget(store)
    assert {event.id for event in store.events(EventQuery()).items} >= {make_event(1).id}
    assert store.event("", make_event(2).id) == ()


def test_the_age_of_the_live_plant_is_data_time(place: Place) -> None:
    """A plant whose data stand still forgets nothing, and neither does one of which nothing is known."""
    store = place.writer()
    write(store, *alarm(1, day=0), *alarm(2, day=1))
    assert forget(store) == []
    write(store, make_status(time=at(2 * DAY_S)))
    assert forget(store) == []


def test_a_run_goes_as_a_whole_by_when_it_was_recorded(place: Place) -> None:
    """Its data may be of any age; the live plant's rows stay."""
    store = place.writer()
    write(
        store,
        *alarm(1, day=0, run="r"),
        make_advice(run="r"),
        make_status(run="r"),
        make_status("b", run="r"),
    )
    write(store, make_event(9))
    assert forget(store) == []
    with store.transaction() as connection:
        connection.execute(runs.update().values(recorded_ns=NOW - 11 * DAY))
    assert sum(forget(store)) == 7
    assert store.counts("r") == type(store.counts("r"))(0, 0, 0, 0, 0, 0)
    assert store.assets(AssetQuery(run="r")).items == ()
    assert store.counts().alarms == 1


def test_whoever_follows_the_feed_misses_nothing_after_it(place: Place) -> None:
    """No place in the feed is given twice, even if the event recorded last is old."""
    store = place.writer()
    write(store, make_status(time=at(100 * DAY_S)), *alarm(1, day=0), *alarm(2, day=0))
    cursor = store.events(EventQuery(view=View.FEED)).next
    forget(store)
    write(store, make_event(3))
    assert store.events(EventQuery(view=View.FEED), cursor).items == (make_event(3),)


def test_zero_keeps_for_ever(place: Place) -> None:
    """As the setting says."""
    store = place.writer()
    write(store, make_status(time=at(1000 * DAY_S)), *alarm(1, day=0), *alarm(2, day=0, run="r"))
    assert forget(store, Keep(0, 0), NOW + 10_000 * DAY) == []
