"""Writes an archive of a store while the service runs, and reads it back before it counts."""

import time
from collections.abc import Mapping
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection

from pdm.backup.archive import Archive, Draft
from pdm.backup.manifest import (
    ADVICE,
    ASSETS,
    CONTROL,
    EVENTS,
    FILES,
    FORMAT,
    POSITIONS,
    RUNS,
    Manifest,
    Position,
    RunRecorded,
)
from pdm.backup.restore import restore
from pdm.instant import rfc3339
from pdm.store import contents, schema
from pdm.store.digest import Digest, digest
from pdm.store.sql import SqlStore
from pdm.store.sqlite import open_writer


def backup(
    store: SqlStore,
    target: Path,
    *,
    files: Mapping[str, Path],
    folders: Mapping[str, Path],
    settings: Mapping[str, str],
) -> Manifest:
    """Write everything in the store, as it is at one instant, into the file `target`.

    store    : opened for reading; the recorder may go on writing
    files    : name in the archive -> a file beside the store, such as the plant file
    folders  : likewise whole folders
    settings : what the manifest tells of them; no secrets
    raises StoreError, ArchiveError; the target is there only if the archive was restored and equal
    """
    with TemporaryDirectory(prefix="pdm-backup-") as folder:
        draft = Draft(Path(folder) / "parts")
        with store.snapshot() as connection:
            _add_rows(draft, connection)
            told = digest(connection)
        for name, path in files.items():
            draft.add_file(f"{FILES}/{name}", path)
        for name, path in folders.items():
            draft.add_folder(f"{FILES}/{name}", path)
        manifest = _manifest(store, told, draft, settings)
        packed = Path(folder) / "archive.tar.gz"
        draft.pack(packed, manifest)
        _read_back(packed, Path(folder))
        draft.pack(target, manifest)
    return manifest


def _manifest(store: SqlStore, told: Digest, draft: Draft, settings: Mapping[str, str]) -> Manifest:
    return Manifest(
        format=FORMAT,
        created=rfc3339(time.time_ns()),
        version=version("pdm-service"),
        schema=schema.VERSION,
        engine=store.engine.connections.dialect.name,
        digest=told.sha256,
        rows=told.rows,
        settings=dict(settings),
        parts=draft.parts(),
    )


def _add_rows(draft: Draft, connection: Connection) -> None:
    draft.add_lines(EVENTS, contents.all_events(connection))
    draft.add_lines(ADVICE, contents.all_advice(connection))
    draft.add_lines(ASSETS, contents.all_assets(connection))
    draft.add_lines(CONTROL, contents.all_control(connection))
    offsets = contents.all_offsets(connection).items()
    draft.add_lines(POSITIONS, (Position(topic, partition, n) for (topic, partition), n in offsets))
    draft.add_lines(RUNS, (RunRecorded(*run) for run in contents.all_runs(connection).items()))


def _read_back(packed: Path, folder: Path) -> None:
    """Restore into a store that is thrown away: an archive nobody has read is a hope, not a backup."""
    with closing(open_writer(folder / "read-back.sqlite")) as scratch, Archive.opened(packed) as archive:
        restore(scratch, archive)
