"""Puts an archive into a store of any engine, and compares the digests before it counts."""

from collections.abc import Iterator
from importlib.metadata import version

import msgspec

from pdm.backup.archive import Archive
from pdm.backup.errors import ArchiveError
from pdm.backup.manifest import ADVICE, ASSETS, CONTROL, EVENTS, POSITIONS, RUNS, Position, RunRecorded
from pdm.records.advice import Advice
from pdm.records.control import Control
from pdm.records.event import Event
from pdm.records.status import AssetStatus
from pdm.store import contents
from pdm.store.digest import Digest, digest
from pdm.store.protocol import Row
from pdm.store.sql import SqlStore

_ROWS: tuple[tuple[str, msgspec.json.Decoder[Row]], ...] = (
    (EVENTS, msgspec.json.Decoder(Event)),
    (ADVICE, msgspec.json.Decoder(Advice)),
    (ASSETS, msgspec.json.Decoder(AssetStatus)),
    (CONTROL, msgspec.json.Decoder(Control)),
)
_POSITION = msgspec.json.Decoder(Position)
_RUN = msgspec.json.Decoder(RunRecorded)


def restore(store: SqlStore, archive: Archive, *, force: bool = False, new_broker: bool = False) -> Digest:
    """Put the archive's rows into the store, all or none; returns what the store then holds.

    store      : opened for writing; a recorder that is at work notices, and goes on from the new offsets
    force      : replace what the store holds; without it only an empty one is filled
    new_broker : forget how far the topics had been read, for topics that begin again at offset 0
    raises ArchiveError, with the store as it was, if it holds something, or the outcome is not the original
    """
    positions = [_POSITION.decode(line) for line in archive.lines(POSITIONS)]
    offsets = {(p.topic, p.partition): p.next for p in positions}
    runs = [_RUN.decode(line) for line in archive.lines(RUNS)]
    with store.transaction() as connection:
        if not force and not contents.is_empty(connection):
            raise ArchiveError(f"{store.where} is not empty: say --force to replace what it holds")
        recorded = {run.run: run.recorded_ns for run in runs}
        following = {} if new_broker else offsets
        contents.replace(connection, store.upserts, _rows(archive), following, recorded)
        found = digest(connection)
        if found.sha256 != archive.manifest.digest and archive.manifest.version == version("pdm-service"):
            told = f"{found.sha256}, not {archive.manifest.digest}"
            raise ArchiveError(f"the restored store has the digest {told}: nothing was changed")
    return found


def _rows(archive: Archive) -> Iterator[Row]:
    for name, decoder in _ROWS:
        for number, line in enumerate(archive.lines(name), 1):
            try:
                yield decoder.decode(line)
            except msgspec.MsgspecError as error:
                raise ArchiveError(f"{name}, line {number}, cannot be read: {error}") from error
