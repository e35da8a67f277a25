"""What people changed, on both engines: once, in order, and the same from the topics or an archive."""

from pathlib import Path

import msgspec
from fakes.records import NOON, make_event
from sqlalchemy import select
from store_fixtures import Place, write

from pdm.backup.archive import Archive
from pdm.backup.backup import backup
from pdm.backup.restore import restore
from pdm.instant import rfc3339
from pdm.records.control import Maintenance, MaintenanceEnd, MaintenanceKind
from pdm.store import schema
from pdm.store.digest import digest
from pdm.store.protocol import MaintenanceQuery
from pdm.store.sql import SqlStore

HOUR = 3_600 * 10**9
REPAIR = Maintenance("m-1", "ann", NOON, "pump-7", MaintenanceKind.REPAIR, NOON, note="seal")
PLANNED = Maintenance("m-2", "bob", NOON, "pump-8", MaintenanceKind.OUTAGE, NOON + HOUR, NOON + 2 * HOUR)
END = MaintenanceEnd("e-1", "eve", NOON + 9, "pump-7", "m-1", NOON + HOUR)
CANCEL = MaintenanceEnd("e-2", "eve", NOON + 9, "pump-8", "m-2", None)


def told(store: SqlStore) -> list[tuple[str, str | None, bool, str]]:
    """Tell of each maintenance its id, its end, whether it was cancelled, and who ended it."""
    items = store.maintenance(MaintenanceQuery()).items
    return [(one.id, one.to, one.cancelled, one.ended_by) for one in items]


def test_a_maintenance_is_there_as_its_records_leave_it(place: Place) -> None:
    """Announced, then ended by somebody, or cancelled; each record stays on record."""
    store = place.writer()
    write(store, REPAIR, PLANNED)
    assert told(store) == [("m-2", rfc3339(NOON + 2 * HOUR), False, ""), ("m-1", None, False, "")]
    write(store, END, CANCEL)
    assert told(store) == [
        ("m-2", rfc3339(NOON + HOUR), True, "eve"),
        ("m-1", rfc3339(NOON + HOUR), False, "eve"),
    ]
    assert store.window("", "m-1") == store.maintenance(MaintenanceQuery(asset="pump-7")).items[0]
    assert store.window("r", "m-1") is None
    with store.transaction() as connection:
        kept = connection.execute(select(schema.control.c.what, schema.control.c.who)).all()
    assert sorted(kept) == [
        ("maintenance", "ann"), ("maintenance", "bob"),
        ("maintenance_end", "eve"), ("maintenance_end", "eve"),
    ]  # fmt: skip


def test_the_same_twice_is_one_and_the_first_of_an_id_counts(place: Place) -> None:
    """Read again after a crash, or said again in other words."""
    store = place.writer()
    write(store, REPAIR, END)
    before = told(store)
    write(store, REPAIR, END, msgspec.structs.replace(REPAIR, asset="pump-9", to=NOON + 1))
    write(store, MaintenanceEnd("e-3", "eve", NOON, "pump-7", "m-1", NOON + 2 * HOUR))
    write(store, MaintenanceEnd("e-4", "eve", NOON, "pump-8", "m-1", NOON))
    assert told(store) == before


def test_maintenance_goes_into_an_archive_and_into_the_digest(place: Place, tmp_path: Path) -> None:
    """A store without any has the digest it had before there was such a thing."""
    other, store = place.another(), place.writer()
    write(store, make_event(), REPAIR, PLANNED, END)
    reader = place.reader()
    backup(reader, tmp_path / "a.tar.gz", files={}, folders={}, settings={})
    target = other.writer()
    with Archive.opened(tmp_path / "a.tar.gz") as archive:
        assert restore(target, archive).rows["control"] == 3
    assert told(target) == told(store)
    with reader.snapshot() as connection:
        assert digest(connection).rows["control"] == 3
    other.close()
