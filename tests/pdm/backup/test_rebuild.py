"""Rebuilding the store from the topics: what was recorded live comes again, to the last byte."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.records import NOON, at, make_advice, make_event, make_status
from recording import PARTITIONS, recorder, send
from store_fixtures import Place, write
from waiting import until

from pdm.backup.errors import ArchiveError
from pdm.backup.rebuild import rebuild
from pdm.broker.embedded import EmbeddedKafka
from pdm.broker.topics import EVENTS, apply
from pdm.records.control import Maintenance, MaintenanceEnd, MaintenanceKind, RulesChange
from pdm.records.event import Kind
from pdm.store.digest import Digest, digest
from pdm.store.protocol import Batch, MaintenanceQuery, Row, RulesQuery
from pdm.store.sql import SqlStore

pytestmark = pytest.mark.broker


RULES = RulesChange("r-1", "ann", NOON, "site", "1", "0" * 64, "")


def history() -> Iterator[Row]:
    """Yield alarms with their revisions, advice and standings of nine machines, in a shuffled order."""
    for n in range(120):
        asset = f"m-{n % 9}"
        yield make_event(n, asset=asset)
        yield make_status(asset, time=at(n), score=n / 7)
        yield make_advice(n, asset=asset)
        yield make_advice(n, asset=asset, revision=2, source="llm")
        if n % 3:
            yield make_event(n, asset=asset, revision=2, kind=Kind.CLEAR, time=at(n + 30))
        yield make_event(n, asset=asset)
    yield make_event(7, asset="m-7", run="replay-1")
    yield Maintenance("m-1", "ann", NOON, "m-7", MaintenanceKind.REPAIR, NOON)
    yield MaintenanceEnd("e-1", "eve", NOON + 9, "m-7", "m-1", NOON + 10**9)
    yield from (RULES, RULES)


def told(store: SqlStore) -> Digest:
    """Return the digest of a store."""
    with store.snapshot() as connection:
        return digest(connection)


def test_a_rebuilt_store_has_the_digest_of_the_recorded_one(
    fresh_kafka: EmbeddedKafka, place: Place, tmp_path: Path
) -> None:
    """While the recorder is at work, which goes on after it as if nothing had been."""
    apply(fresh_kafka.bootstrap, PARTITIONS)
    with recorder(tmp_path, fresh_kafka.bootstrap, place.url) as process:
        send(fresh_kafka.bootstrap, history(), poison=5)
        reader = place.reader()
        until(lambda: (c := reader.counts()).revisions == 200 and c.advice == 120 and c.assets == 9)
        until(lambda: bool(reader.rules(RulesQuery()).items))
        until(lambda: reader.asset("", "m-2") == make_status("m-2", time=at(119), score=119 / 7))
        live = told(reader)
        rebuilt = rebuild(fresh_kafka.bootstrap, place.writer())
        assert (rebuilt.digest, rebuilt.unreadable, rebuilt.lost) == (live, 5, 0)
        assert [reach.deleted for reach in rebuilt.reach] == [0, 0, 0, 0]
        assert reader.maintenance(MaintenanceQuery()).items[0].ended_by == "eve"
        assert reader.rules(RulesQuery()).items == (RULES,)
        assert told(reader) == live
        send(fresh_kafka.bootstrap, (make_event(n, asset=f"m-{n % 9}") for n in range(1000, 1050)))
        until(lambda: reader.counts().revisions == 250)
        assert process.poll() is None
    assert_the_command_rebuilds(fresh_kafka.bootstrap, place.another().url, told(reader).sha256)


def assert_the_command_rebuilds(bootstrap: str, into: str, sha256: str) -> None:
    """Run it as somebody types it."""
    command = [sys.executable, "-m", "pdm", "rebuild", "--bootstrap", bootstrap, "--into", into]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert sha256 in done.stdout
    assert f"{EVENTS} begins 20" in done.stdout


def test_alarms_that_the_topics_no_longer_have_are_not_given_up_unasked(
    fresh_kafka: EmbeddedKafka, place: Place
) -> None:
    """The refusal says how many, and since when the topics go back; with force they are gone."""
    apply(fresh_kafka.bootstrap, PARTITIONS)
    send(fresh_kafka.bootstrap, [make_event(1)])
    store = place.writer()
    write(store, make_event(1), make_event(2))
    store.record(Batch("t", 0, 1, 0, ()))
    before = told(store_reader := place.reader())
    with pytest.raises(ArchiveError, match=r"1 alarms in .* are no longer in the topics.*make a backup"):
        rebuild(fresh_kafka.bootstrap, store)
    assert told(store_reader) == before
    assert rebuild(fresh_kafka.bootstrap, store, force=True).lost == 1
    assert store.counts().alarms == 1


def test_a_broker_that_holds_less_than_was_read_is_refused(fresh_kafka: EmbeddedKafka, place: Place) -> None:
    """It is another one, or it has lost its disk."""
    apply(fresh_kafka.bootstrap, PARTITIONS)
    store = place.writer()
    store.record(Batch(EVENTS, 0, 0, 17, (make_event(1),)))
    with pytest.raises(ArchiveError, match="is it another broker"):
        rebuild(fresh_kafka.bootstrap, store)
    assert store.counts().alarms == 1
