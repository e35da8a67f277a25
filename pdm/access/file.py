"""The file of keys: read whole, replaced whole, and never open to other users of the machine."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from pdm.access.keys import Key
from pdm.errors import PdmError


class KeysError(PdmError):
    """The file of keys cannot be used, or a key is not there; the message says which."""


class _File(Struct, frozen=True):
    keys: tuple[Key, ...]
    version: int = 1


def read(path: Path) -> tuple[Key, ...]:
    """Return all keys of a file; none where there is no file.

    raises KeysError where it is there and cannot be read
    """
    try:
        found = msgspec.json.decode(path.read_bytes(), type=_File)
    except FileNotFoundError:
        return ()
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise KeysError(f"{path} is no file of keys: {error}") from error
    return found.keys


def change(path: Path, how: Callable[[tuple[Key, ...]], tuple[Key, ...]]) -> None:
    """Replace the keys by what `how` makes of them; two who do so at once wait for one another.

    raises KeysError where the file cannot be read or written; it is then as it was
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(path.with_name(f"{path.name}.lock")):
            _replace(path, msgspec.json.format(msgspec.json.encode(_File(how(read(path))))) + b"\n")
    except OSError as error:
        raise KeysError(f"{path} cannot be written: {error}") from error


def _replace(path: Path, content: bytes) -> None:
    """Write beside the file, then rename: a reader sees the old or the new, and so does a restart."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a lock, waiting for it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
