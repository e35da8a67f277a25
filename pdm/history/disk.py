"""What the history does to a disk, one step at a time, so that tests can crash between any two."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

T = TypeVar("T")
SUFFIX = ".parquet"
_WRITING = ".writing"


class Disk(Struct, frozen=True):
    """A folder; `step` is told what comes next, and may raise."""

    folder: Path
    step: Callable[[str], None] = lambda _what: None

    def put(self, path: str, write: Callable[[Path], T]) -> tuple[T, int]:
        """Write a file under another name, make it durable, then give it its own.

        returns what `write` returns, and the file's bytes
        """
        final = self.folder / path
        final.parent.mkdir(parents=True, exist_ok=True)
        part = final.with_name(final.name + _WRITING)
        self.step("write")
        written = write(part)
        self.step("sync")
        _sync(part)
        self.step("rename")
        part.replace(final)
        self.step("sync folder")
        for folder in (final.parent, *final.parents[1:3]):
            _sync(folder)
        return written, final.stat().st_size

    def remove(self, path: str) -> None:
        """Delete a file, and the folders that it leaves empty."""
        self.step("remove")
        gone = self.folder / path
        gone.unlink(missing_ok=True)
        for folder in gone.parents:
            if folder == self.folder or not folder.exists() or any(folder.iterdir()):
                return
            folder.rmdir()

    def paths(self) -> set[str]:
        """Return every data file, finished or not."""
        found = [*self.folder.rglob("*" + SUFFIX), *self.folder.rglob("*" + _WRITING)]
        return {str(path.relative_to(self.folder)) for path in found}

    def free(self) -> tuple[int, int]:
        """Return the bytes that are free, and those of the whole disk."""
        usage = shutil.disk_usage(self.folder)
        return usage.free, usage.total


def _sync(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
