"""Backups, taken of one engine and put into each: equal, or nothing happens."""

import gzip
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.records import at, make_advice, make_event, make_status
from store_fixtures import Place, write

from pdm.backup.archive import Archive
from pdm.backup.backup import backup
from pdm.backup.errors import ArchiveError
from pdm.backup.manifest import FILES
from pdm.backup.restore import restore
from pdm.records.event import Kind
from pdm.store.digest import digest
from pdm.store.errors import StoreError
from pdm.store.open import open_store
from pdm.store.protocol import EventQuery, View
from pdm.store.sql import SqlStore


def filled(store: SqlStore) -> SqlStore:
    """Record a bit of everything."""
    write(store, *(make_event(n, asset=f"pümp-{n % 3}") for n in range(50)), make_advice(), make_status())
    write(store, make_event(3, revision=2, kind=Kind.CLEAR, time=at(99), score=0.1 + 0.2))
    write(store, make_event(1, run="r"), make_advice(1, run="r"), make_status("x", run="r"))
    return store


def told(store: SqlStore) -> str:
    """Return the digest of a store."""
    with store.snapshot() as connection:
        return digest(connection).sha256


def archived(place: Place, folder: Path) -> Path:
    """Fill a store and write its archive."""
    filled(place.writer())
    target = folder / "backup.tar.gz"
    backup(place.reader(), target, files={}, folders={}, settings={})
    return target


def test_a_restored_store_is_equal_on_the_same_engine_and_on_the_other(
    place: Place, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Digest, offsets and the order of the feed."""
    archive, source = archived(place, tmp_path), place.reader()
    other = f"sqlite:///{tmp_path / 'other.sqlite'}"
    if place.engine == "sqlite":
        other = request.getfixturevalue("postgresql").database()
    for url in (place.another().url, other):
        target = open_store(url)
        with Archive.opened(archive) as opened:
            restore(target, opened)
        assert told(target) == told(source)
        assert target.offset("t", 0) == source.offset("t", 0) == 3
        feed = EventQuery(view=View.FEED)
        assert target.events(feed).items == source.events(feed).items
        write(target, make_event(77))
        assert target.counts().alarms == source.counts().alarms + 1
        target.close()


def test_the_archive_is_of_one_instant_while_others_write(place: Place) -> None:
    """What is recorded meanwhile is not in it, and does not wait for it."""
    store = filled(place.writer())
    with place.reader().snapshot() as connection:
        before = digest(connection)
        write(store, make_event(60))
        assert digest(connection) == before
    assert told(place.reader()) != before.sha256


def test_a_store_that_holds_something_is_left_alone_unless_forced(place: Place, tmp_path: Path) -> None:
    """And with force it is replaced; whoever follows the feed sees everything once more."""
    archive, other = archived(place, tmp_path), place.another()
    target = open_store(other.url)
    write(target, make_event(500), make_event(501))
    before = told(target)
    cursor = target.events(EventQuery(view=View.FEED)).next
    with Archive.opened(archive) as opened:
        with pytest.raises(ArchiveError, match="is not empty: say --force"):
            restore(target, opened)
        assert told(target) == before
        restore(target, opened, force=True, new_broker=True)
    assert told(target) == told(place.reader())
    assert target.offset("t", 0) == 0
    assert len(target.events(EventQuery(view=View.FEED), cursor, 1000).items) == 51
    target.close()


def flip(content: bytes) -> bytes:
    """Change one letter in the middle of the tar, and pack it again."""
    plain = bytearray(gzip.decompress(content))
    place = plain.index(b"pump")
    plain[place] ^= 1
    return gzip.compress(bytes(plain))


@pytest.mark.parametrize(
    "damage",
    [flip, lambda content: content[: len(content) // 2], lambda _content: b"", lambda _content: b"x" * 999],
)
def test_a_damaged_archive_is_refused_before_anything_is_touched(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    """By its hashes, or because it is no archive at all."""
    store = open_store(f"sqlite:///{tmp_path / 'a.sqlite'}")
    write(store, make_event())
    path = tmp_path / "backup.tar.gz"
    backup(store, path, files={}, folders={}, settings={})
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ArchiveError, match="damaged"), Archive.opened(path):
        pass
    store.close()


def test_files_and_folders_beside_the_store_are_in_it(tmp_path: Path) -> None:
    """The plant file, the keys, and the seam for whole folders; only the owner may read the archive."""
    store = open_store(f"sqlite:///{tmp_path / 'a.sqlite'}")
    plant, folder, path = tmp_path / "my.toml", tmp_path / "history", tmp_path / "b.tar.gz"
    plant.write_text("[plant]", "utf-8")
    (folder / "site=a").mkdir(parents=True)
    (folder / "site=a" / "0.parquet").write_bytes(b"PAR1")
    said = {"PDM_PARTITIONS": "4"}
    backup(store, path, files={"plant.toml": plant}, folders={"history": folder}, settings=said)
    assert path.stat().st_mode & 0o077 == 0
    with Archive.opened(path) as archive:
        found = {name: file.read_bytes() for name, file in archive.files(FILES).items()}
        assert archive.manifest.settings == said
    assert found == {"plant.toml": b"[plant]", "history/site=a/0.parquet": b"PAR1"}
    with tarfile.open(path) as tar:
        assert tar.getnames()[0] == "manifest.json"
    store.close()


def test_a_store_that_is_not_there_is_no_backup(tmp_path: Path) -> None:
    """Nothing is written, neither a store nor an archive."""
    store = open_store(f"sqlite:///{tmp_path / 'a.sqlite'}", writing=False)
    with pytest.raises(StoreError, match="is no store yet"):
        backup(store, tmp_path / "b.tar.gz", files={}, folders={}, settings={})
    assert list(tmp_path.iterdir()) == []
