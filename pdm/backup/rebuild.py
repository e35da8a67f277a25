"""Rebuilds the store from the topics, beside the one in use, and puts it in its place in one transaction."""

from collections.abc import Iterable
from contextlib import closing
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct
from sqlalchemy import Connection

from pdm.backup.errors import ArchiveError
from pdm.backup.reread import Reach, Reread
from pdm.broker.security import PLAIN, Security
from pdm.store import contents
from pdm.store.digest import Digest, digest
from pdm.store.protocol import Row
from pdm.store.sql import SqlStore
from pdm.store.sqlite import open_writer


class Rebuilt(Struct, frozen=True):
    """What a rebuild has found.

    reach      : from where on each topic was still there
    unreadable : messages that are no records; the recorder had put them aside as well
    lost       : alarms that the store held and the topics no longer do
    """

    digest: Digest
    reach: tuple[Reach, ...]
    messages: int
    unreadable: int
    lost: int


def rebuild(bootstrap: str, target: SqlStore, *, force: bool = False, security: Security = PLAIN) -> Rebuilt:
    """Read events, advice and standings from their earliest offsets, and replace what the store holds.

    target : opened for writing. The recorder may be at work: the new rows take their place only once they
             reach as far as the old ones, and the recorder then goes on from the new offsets
    raises ArchiveError, with the store as it was, if alarms would be lost or the broker is not the one
    the store was filled from, unless forced; BrokerError
    """
    with (
        TemporaryDirectory(prefix="pdm-rebuild-") as folder,
        closing(open_writer(Path(folder) / "rebuilt.sqlite")) as fresh,
        Reread(bootstrap, fresh, security) as reread,
    ):
        while True:
            reread.to_the_end()
            with fresh.transaction() as source, target.transaction() as connection:
                if not _covers(connection, source, reread.ends(), force=force):
                    continue
                lost = _lost(connection, source)
                if lost and not force:
                    raise ArchiveError(_refusal(target.where, lost, reread.reach))
                _swap(connection, source, target)
                found = digest(connection)
            return Rebuilt(found, reread.reach, reread.messages, reread.unreadable, len(lost))


def _covers(connection: Connection, source: Connection, ends: contents.Offsets, *, force: bool) -> bool:
    """Tell whether what was read again reaches as far as what is in use."""
    read, used = contents.all_offsets(source), contents.all_offsets(connection)
    beyond = [f"{topic}/{p}" for (topic, p), n in used.items() if n > ends.get((topic, p), 0)]
    if beyond and not force:
        told = f"the store has read further than this broker holds ({', '.join(sorted(beyond))})"
        raise ArchiveError(f"{told}: is it another broker? Say --force to rebuild from it all the same")
    return bool(beyond) or all(n <= read.get(place, 0) for place, n in used.items())


def _lost(connection: Connection, source: Connection) -> set[tuple[str, str]]:
    return contents.alarm_keys(connection) - contents.alarm_keys(source)


def _refusal(where: str, lost: set[tuple[str, str]], reach: Iterable[Reach]) -> str:
    begin = "; ".join(str(topic) for topic in reach)
    told = f"{len(lost)} alarms in {where} are no longer in the topics, and would be lost ({begin})"
    return f"{told}: make a backup, then say --force"


def _swap(connection: Connection, source: Connection, target: SqlStore) -> None:
    rows: Iterable[Row] = chain(
        contents.all_events(source),
        contents.all_advice(source),
        contents.all_assets(source),
        contents.all_control(source),
    )
    runs = {**contents.all_runs(source), **contents.all_runs(connection)}
    contents.replace(connection, target.upserts, rows, contents.all_offsets(source), runs)
