"""An archive: a tar file, its manifest first, every part checked by its hash before anything is used."""

import shutil
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path, PurePosixPath
from typing import Self

import msgspec

from pdm.backup.errors import ArchiveError
from pdm.backup.manifest import FORMAT, NAME, Manifest, Part

_MANIFEST = msgspec.json.Decoder(Manifest)
_LINE = msgspec.json.Encoder()


class Draft:
    """The parts of an archive as files in a folder, before they are packed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: list[str] = []

    def add_lines(self, name: str, records: Iterable[object]) -> None:
        """Add records as JSON, a line each."""
        with self._new(name).open("wb") as file:
            file.writelines(_LINE.encode(record) + b"\n" for record in records)

    def add_file(self, name: str, path: Path) -> None:
        """Add a copy of a file as it is now."""
        shutil.copyfile(path, self._new(name))

    def add_folder(self, name: str, folder: Path) -> None:
        """Add every file below a folder, under `name`."""
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            self.add_file(f"{name}/{path.relative_to(folder).as_posix()}", path)

    def parts(self) -> tuple[Part, ...]:
        """Measure what has been added."""
        return tuple(_measured(name, self._folder / name) for name in self._names)

    def pack(self, target: Path, manifest: Manifest) -> None:
        """Write the archive whole or not at all; only its owner may read it."""
        (self._folder / NAME).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")
        part = target.with_name(f"{target.name}.part")
        part.touch(mode=0o600)
        with tarfile.open(part, "w:gz") as tar:
            for name in (NAME, *self._names):
                tar.add(self._folder / name, name)
        part.replace(target)

    def _new(self, name: str) -> Path:
        self._names.append(name)
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


class Archive:
    """An archive that has been unpacked into a folder of its own and found whole."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self._folder, self.manifest = folder, manifest

    @classmethod
    @contextmanager
    def opened(cls, path: Path) -> Iterator[Self]:
        """Unpack and check an archive; raises ArchiveError naming the part that is not as it was."""
        with tempfile.TemporaryDirectory(prefix="pdm-archive-") as folder:
            try:
                with tarfile.open(path, "r:*") as tar:
                    tar.extractall(folder, filter="data")
                manifest = _MANIFEST.decode((Path(folder) / NAME).read_bytes())
            except (OSError, EOFError, tarfile.TarError, msgspec.MsgspecError) as error:
                raise ArchiveError(f"{path} is no archive of this service, or damaged: {error}") from error
            if manifest.format != FORMAT:
                told = f"{path} has format {manifest.format}, this service reads {FORMAT}"
                raise ArchiveError(f"{told}: it was written by version {manifest.version}")
            for part in manifest.parts:
                _check(path, part, Path(folder))
            yield cls(Path(folder), manifest)

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of a part; none where there is no such part."""
        path = self._folder / name
        if path.exists():
            with path.open("rb") as file:
                yield from file

    def files(self, below: str) -> dict[str, Path]:
        """Return the parts below a folder of the archive: name without it -> where it is for now."""
        prefix = f"{below}/"
        names = [part.name for part in self.manifest.parts if part.name.startswith(prefix)]
        return {name.removeprefix(prefix): self._folder / name for name in names}


def _measured(name: str, path: Path) -> Part:
    with path.open("rb") as file:
        return Part(name, path.stat().st_size, file_digest(file, "sha256").hexdigest())


def _check(archive: Path, part: Part, folder: Path) -> None:
    """Refuse a part that is absent, changed, or named so that it would lie elsewhere."""
    path = folder / part.name
    if PurePosixPath(part.name).is_absolute() or ".." in PurePosixPath(part.name).parts:
        raise ArchiveError(f"{archive}: a part may not be called {part.name}")
    if not path.is_file() or _measured(part.name, path) != part:
        raise ArchiveError(f"{archive} is damaged: {part.name} is not what was written")
