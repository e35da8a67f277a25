"""The recorder on a real broker, with stores that are killed, moved back and absent."""

from contextlib import closing
from pathlib import Path

import pytest
from fakes.records import make_advice, make_event, make_status
from recording import PARTITIONS, recorder, send
from store_fixtures import Place
from waiting import until

from bench.postgresql import Postgresql
from pdm.backup.archive import Archive
from pdm.backup.backup import backup
from pdm.backup.restore import restore
from pdm.broker.embedded import EmbeddedKafka
from pdm.broker.topics import apply
from pdm.store.digest import digest
from pdm.store.errors import StoreError
from pdm.store.open import open_store
from pdm.store.protocol import EventQuery
from pdm.store.sql import SqlStore


def revisions(store: SqlStore) -> int:
    """Count what was recorded; a store that is away has nothing to say."""
    try:
        return store.counts().revisions
    except StoreError:
        return -1


@pytest.mark.broker
def test_a_database_that_is_killed_costs_nothing(
    fresh_kafka: EmbeddedKafka, fresh_postgresql: Postgresql, tmp_path: Path
) -> None:
    """The recorder waits for it, before its start and while it works, and every event is recorded once."""
    apply(fresh_kafka.bootstrap, PARTITIONS)
    url = fresh_postgresql.database()
    log = tmp_path / "recorder.log"
    fresh_postgresql.kill()
    with recorder(tmp_path, fresh_kafka.bootstrap, url) as process:
        until(lambda: "the store is away" in log.read_text("utf-8"))
        fresh_postgresql.start()
        with closing(open_store(url, writing=False)) as reader:
            total = 0
            for crash in range(3):
                send(fresh_kafka.bootstrap, (make_event(total + n, asset=f"m-{n % 7}") for n in range(400)))
                until(lambda before=total: revisions(reader) > before)  # type: ignore[misc]
                fresh_postgresql.kill()
                total += 800
                more = range(total - 400, total)
                send(fresh_kafka.bootstrap, (make_event(n, asset=f"m-{n % 7}") for n in more))
                until(lambda seen=crash: log.read_text("utf-8").count("the store is away") > seen)  # type: ignore[misc]
                fresh_postgresql.start()
            until(lambda: revisions(reader) == total)
            assert reader.counts().duplicates == 0
        assert process.poll() is None
    assert "Traceback" not in log.read_text("utf-8")


@pytest.mark.broker
def test_a_store_that_is_moved_back_under_the_recorder_is_filled_again(
    fresh_kafka: EmbeddedKafka, place: Place, tmp_path: Path
) -> None:
    """After the restore of an older archive it reads again what came since, and skips nothing."""
    apply(fresh_kafka.bootstrap, PARTITIONS)
    archive = tmp_path / "old.tar.gz"
    with recorder(tmp_path, fresh_kafka.bootstrap, place.url) as process:
        reader = place.reader()
        send(fresh_kafka.bootstrap, [*(make_event(n, asset=f"m-{n % 7}") for n in range(100)), make_advice()])
        until(lambda: revisions(reader) == 100 and bool(reader.counts().advice))
        backup(reader, archive, files={}, folders={}, settings={})
        send(fresh_kafka.bootstrap, [make_event(n, asset=f"m-{n % 7}") for n in range(100, 200)])
        until(lambda: revisions(reader) == 200)
        with reader.snapshot() as connection:
            before = digest(connection)
        with Archive.opened(archive) as opened:
            restore(place.writer(), opened, force=True)
        assert revisions(reader) == 100
        send(fresh_kafka.bootstrap, [make_event(500, asset=f"m-{n}") for n in (0, 1)], poison=2)
        send(fresh_kafka.bootstrap, [make_status(f"m-{n}") for n in range(4)])
        until(lambda: revisions(reader) == 201 and reader.counts().assets == 4)
        assert process.poll() is None
    wanted = {make_event(n).id for n in [*range(200), 500]}
    assert {event.id for event in reader.events(EventQuery(), None, 1000).items} == wanted
    assert before.rows["events"] == 200
