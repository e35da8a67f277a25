"""Upgrades: what an earlier version of the service wrote is read by this one, on every engine."""

import pytest
from fakes.records import make_advice, make_event, make_status
from sqlalchemy import Connection, Table, inspect
from store_fixtures import Place, write

from pdm.store import schema
from pdm.store.errors import StoreError
from pdm.store.migrations import order, v001_tables, v002_runs
from pdm.store.protocol import AdviceQuery, AssetQuery, EventQuery
from pdm.store.rows import Values, advice_row, alarm_row, asset_row, event_row
from pdm.store.sql import SqlStore


def written_by_version_1(place: Place) -> None:
    """Leave what the first version left: its tables, with rows of the live plant and of a run."""
    store = place.writer()
    with store.transaction() as connection:
        schema.metadata.drop_all(connection)
        order.upgrade(connection, store.where, target=1)
        tables: dict[Table, list[Values]] = {
            v001_tables.events: [event_row(make_event()), event_row(make_event(1, run="old"))],
            v001_tables.alarms: [alarm_row(make_event()), alarm_row(make_event(1, run="old"))],
            v001_tables.advice: [advice_row(make_advice())],
            v001_tables.assets: [asset_row(make_status())],
            v001_tables.offsets: [{"topic": "t", "partition": 0, "next": 5}],
        }
        for table, rows in tables.items():
            connection.execute(table.insert(), rows)
    store.close()


def layout(store: SqlStore) -> dict[str, object]:
    """Describe tables, columns, keys and indexes as the engine has them."""
    with store.engine.connections.connect() as connection:
        found = inspect(connection)
        return {
            name: (
                [(c["name"], repr(c["type"]), c["nullable"]) for c in found.get_columns(name)],
                found.get_pk_constraint(name)["constrained_columns"],
                sorted((index["name"], tuple(index["column_names"])) for index in found.get_indexes(name)),
            )
            for name in found.get_table_names()
        }


def test_there_is_a_step_to_every_version() -> None:
    """As many steps as the current version says."""
    assert len(order.STEPS) == schema.VERSION


def test_the_steps_lead_to_the_tables_that_are_used(place: Place) -> None:
    """Column by column, and index by index."""
    other = place.another()
    stepwise, direct = place.writer(), other.writer()
    with direct.transaction() as connection:
        schema.metadata.drop_all(connection)
        schema.metadata.create_all(connection)
    assert layout(stepwise) == layout(direct)
    other.close()


def test_a_store_of_version_1_is_upgraded_and_read(place: Place) -> None:
    """Rows and offset are there, and recording goes on."""
    written_by_version_1(place)
    store = place.writer()
    assert store.events(EventQuery()).items == (make_event(),)
    assert store.event("old", make_event(1).id) == (make_event(1, run="old"),)
    assert store.advice(AdviceQuery()).items == (make_advice(),)
    assert store.assets(AssetQuery()).items == (make_status(),)
    assert store.offset("t", 0) == 5
    write(store, make_event(2, run="new"))
    with store.transaction() as connection:
        runs = {
            run for (run,) in connection.execute(schema.runs.select().with_only_columns(schema.runs.c.run))
        }
    assert runs == {"old", "new"}


def test_a_reader_of_an_earlier_version_says_what_to_do(place: Place) -> None:
    """It answers when the recorder has upgraded the tables, without being opened again."""
    written_by_version_1(place)
    reader = place.reader()
    with pytest.raises(StoreError, match="start its recorder"):
        reader.counts()
    place.writer()
    assert reader.counts().alarms == 1


def test_a_step_that_fails_changes_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables stay at the version before, and the next start tries again."""
    written_by_version_1(place)

    def fails(connection: Connection) -> None:
        v002_runs.apply(connection)
        raise StoreError("the step has failed")

    with monkeypatch.context() as changed:
        changed.setattr(order, "STEPS", (v001_tables.apply, fails))
        with pytest.raises(StoreError, match="has failed"):
            place.writer()
    assert place.writer().counts().alarms == 1
