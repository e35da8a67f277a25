"""A folder for one process at a time, and its names on disk."""

import os
import sys
from io import FileIO
from pathlib import Path


def own(path: Path) -> FileIO | None:
    """Lock a file until it is closed or the process ends; None where another process has it."""
    file = FileIO(path, "a")
    if sys.platform != "win32":
        import fcntl  # noqa: PLC0415 - not there on Windows

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return None
    return file


def sync_folder(folder: Path) -> None:
    """Have the disk hold the names of the files in a folder: a power cut could lose a new file otherwise."""
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
