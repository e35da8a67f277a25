"""What the recorder does beside recording."""

import asyncio

from fakes.records import at, make_event, make_status
from store_fixtures import Place, write

from pdm import metrics
from pdm.records.event import Kind
from pdm.store.retention import DAY, Keep
from streams.housekeeping import forget, show

LONG_AFTER = at(60 * 24 * 3600)


def test_it_forgets_part_by_part_until_nothing_is_too_old(place: Place) -> None:
    """And counts what is gone; unless it is told to stop."""
    store, keep = place.writer(), Keep(30 * DAY, 0)
    for n in range(4):
        write(store, make_event(n), make_event(n, revision=2, kind=Kind.CLEAR, time=at(n + 60)))
    write(store, make_status(time=LONG_AFTER), make_event(9, raised=LONG_AFTER, time=LONG_AFTER))
    before = metrics.STORE_FORGOTTEN._value.get()
    assert asyncio.run(forget(store, keep, lambda: False)) == 0
    assert asyncio.run(forget(store, keep, lambda: True)) == 12
    assert metrics.STORE_FORGOTTEN._value.get() == before + 12
    assert store.counts().alarms == 1


def test_rows_and_bytes_are_shown(place: Place) -> None:
    """Table by table, and what the disk holds."""
    store = place.writer()
    write(store, make_event(), make_event(revision=2), make_status())
    show(store)
    shown = {table: metrics.STORE_ROWS.labels(table)._value.get() for table in ("events", "alarms", "assets")}
    assert shown == {"events": 2, "alarms": 1, "assets": 1}
    assert metrics.STORE_BYTES._value.get() > 4096
