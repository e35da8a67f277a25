"""A list of texts larger than the memory it may take: kept in a file that is gone afterwards."""

import tempfile
from collections.abc import Iterable, Sequence
from typing import overload


class Spool(Sequence[bytes]):
    """Texts in the order in which they came; each is read from the file when it is asked for."""

    def __init__(self, texts: Iterable[bytes]) -> None:
        self._file = tempfile.TemporaryFile(prefix="pdm-spool-")  # noqa: SIM115  (as long as the object lives)
        self._ends = [0]
        for text in texts:
            self._file.write(text)
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
        self._file.seek(begin)
        return self._file.read(end - begin)
