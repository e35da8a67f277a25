"""What the Parquet history has kept, held against every reading that was acknowledged."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from pdm.chain.acquisition.columns import Columns
from pdm.history import parquet
from pdm.history.manifest import Grade, Manifest
from pdm.history.rows import Origin, Rows
from pdm.instant import NS

Array = NDArray[np.int64]


class Kept(Struct, frozen=True):
    """The history beside the readings; both must be 0.

    missing   : readings that are not in the history, or not first with their value
    duplicate : rows of one reading that were written twice, from one place of the log
    """

    missing: int
    duplicate: int


class Readings:
    """Every reading of a plant that sends one a second and channel: what the history has to keep.

    series : asset and channel of each row; times are seconds from `start_ns` on
    """

    def __init__(self, series: Sequence[tuple[str, str]], start_ns: int, seconds: int) -> None:
        self._row = {names: row for row, names in enumerate(series)}
        self._start_ns, self._seconds = start_ns, seconds
        self._values = np.full(len(series) * seconds, np.nan)

    def note(self, columns: Columns) -> None:
        """Note readings that are delivered."""
        table = [[self._row.get((a, c.name), -1) for c in columns.channels] for a in columns.assets]
        rows = np.array(table, np.int64)
        cell = rows[columns.machine, columns.channel] * self._seconds + self._second(columns.time)
        self._values[cell] = columns.value

    def compare(self, folder: Path) -> Kept:
        """Read every file that counts, and compare; readings of other series are left aside."""
        files = [file for file in Manifest(folder).files() if file.grade in {Grade.HOT, Grade.RAW}]
        parts = [self._of(parquet.read(folder / file.path)) for file in files]
        cell, offset, value = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.lexsort((offset, cell))
        cell, offset, value = cell[order], offset[order], value[order]
        again = np.concatenate(([False], cell[1:] == cell[:-1]))
        doubled = again & np.concatenate(([False], offset[1:] == offset[:-1]))
        right = ~again & (value == self._values[cell])
        return Kept(int(np.isfinite(self._values).sum() - right.sum()), int(doubled.sum()))

    def _of(self, rows: Rows) -> tuple[Array, Array, NDArray[np.float64]]:
        """Return cell, offset and value of the live readings that are ours."""
        mine = np.array([self._row.get((s.asset, s.channel), -1) if not s.run else -1 for s in rows.signals])
        row = mine[rows.code] if len(rows) else rows.code
        used = (row >= 0) & (rows.columns["origin"] == Origin.LIVE)
        cell = row[used] * self._seconds + self._second(rows.columns["time"][used])
        return cell, rows.columns["offset"][used], rows.columns["value"][used]

    def _second(self, time_ns: Array) -> Array:
        return (time_ns - self._start_ns) // NS
