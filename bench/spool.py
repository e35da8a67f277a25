"""A list of texts larger than the memory it may take: kept in a file that is gone afterwards."""

import os
import tempfile
import weakref
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import overload


class Spool(Sequence[bytes]):
    """Texts in the order in which they came; each is read from the file when it is asked for."""

    def __init__(self, texts: Iterable[bytes]) -> None:
        self._file, path = tempfile.mkstemp(prefix="pdm-spool-")
        weakref.finalize(self, os.close, self._file)
        Path(path).unlink()
        self._ends = [0]
        with open(self._file, "wb", closefd=False) as file:
            for text in texts:
                file.write(text)
                self._ends.append(self._ends[-1] + len(text))

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, number: int) -> bytes: ...
    @overload
    def __getitem__(self, number: slice) -> list[bytes]: ...
    def __getitem__(self, number: int | slice) -> bytes | list[bytes]:
        if isinstance(number, slice):
            return [self[one] for one in range(len(self))[number]]
        place = range(len(self))[number]
        begin, end = self._ends[place], self._ends[place + 1]
        return os.pread(self._file, end - begin, begin)
