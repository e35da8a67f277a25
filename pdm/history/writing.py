"""Writing history: a file, then the manifest, so that each offset of the log is in it exactly once."""

import time
from collections.abc import Callable, Iterable, Mapping

from pdm.history import parquet
from pdm.history.disk import SUFFIX, Disk
from pdm.history.manifest import File, Grade, Manifest, Place
from pdm.history.notes import Notes
from pdm.history.rows import Rows
from pdm.history.tray import Tray

READ_FOR_S = 900
"""How long a file that no longer counts stays for those who read it: longer than any answer takes."""


class Writer:
    """The one writer of a history."""

    def __init__(self, disk: Disk, clock: Callable[[], float] = time.time) -> None:
        self.disk, self.clock = disk, clock
        self.manifest = Manifest(disk.folder)

    def recover(self) -> int:
        """Begin after a stop or a crash: what was written but does not count is deleted; returns how many."""
        self.manifest.create()
        kept = {file.path for file in self.manifest.files()} | self.manifest.gone().keys()
        strays = self.disk.paths() - kept
        for path in sorted(strays):
            self.disk.remove(path)
        return len(strays)

    def flush(self, tray: Tray, moved: Mapping[Place, tuple[int, int]], noted: Notes | None = None) -> bool:
        """Write what lies in a tray and what was noted, and move the offsets it was read from.

        moved : topic and partition -> the offset that must be in the manifest, and the one to read next
        returns False where the manifest is elsewhere: then nothing counts, and reading starts again there
        """
        rows = tray.rows()
        add = [self.put(Grade.HOT, "", f"hot/{self.manifest.number():012d}", [rows])] if len(rows) else []
        self.disk.step("commit")
        done = self.manifest.commit(add, moved=moved, now_s=int(self.clock()), noted=noted)
        if not done:
            for file in add:
                self.disk.remove(file.path)
        return done

    def put(self, grade: Grade, site: str, path: str, parts: Iterable[Rows]) -> File:
        """Write one file that does not count yet."""
        name = path + SUFFIX
        written, size = self.disk.put(name, lambda where: parquet.write(parts, where))
        return File(
            path=name,
            grade=grade,
            site=site,
            begin_ns=written.begin_ns,
            end_ns=written.end_ns,
            rows=written.rows,
            bytes=size,
            added_s=int(self.clock()),
        )

    def sweep(self) -> int:
        """Delete the files that have not counted for a while; returns how many."""
        now = self.clock()
        old = [path for path, since in self.manifest.gone().items() if now - since > READ_FOR_S]
        for path in old:
            self.disk.remove(path)
        self.disk.step("forget")
        self.manifest.forget(old)
        return len(old)
