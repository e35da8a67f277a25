"""Asking the history: span after span of time, so that no question needs more memory than its answer."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from msgspec import Struct

from pdm.history import parquet
from pdm.history.averages import as_averages, averaged
from pdm.history.manifest import File, HistoryError, Manifest
from pdm.history.merging import combined
from pdm.history.plan import HOUR_NS
from pdm.history.rows import Rows, empty, joined, ordered

SPAN_NS, SPAN_OF_ALL_NS = 6 * HOUR_NS, HOUR_NS
"""Time that is read at once: of one machine, of all machines."""


class Query(Struct, frozen=True, kw_only=True):
    """Which readings; times are data times in ns, in [begin, end).

    assets, channels : "all" where empty
    run              : namespace of a replay, "" for the live plant
    step_ns          : width of the buckets to average over; None for the readings themselves, or what
                       is left of them: a day that was thinned out answers with its averages
    """

    begin_ns: int
    end_ns: int
    assets: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    run: str = ""
    step_ns: int | None = None


class History:
    """A folder of history, open for reading; any process may have one, also while it is written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._manifest = Manifest(folder)

    def spans(self, query: Query) -> Iterator[tuple[int, Rows]]:
        """Answer a question span by span: where the span ends, and its rows by signal and time.

        raises HistoryError where files cannot be read
        """
        if not self._manifest.exists():
            return
        files = self._manifest.files(query.begin_ns, query.end_ns)
        width = _width(query)
        at = query.begin_ns
        while files and at < query.end_ns:
            at = max(at, min(file.begin_ns for file in files))
            end = min((at // width + 1) * width, query.end_ns)
            yield end, self._span(query, [file for file in files if file.begin_ns < end], at, end)
            files = [file for file in files if file.end_ns >= end]
            at = end

    def _span(self, query: Query, files: Sequence[File], begin: int, end: int) -> Rows:
        """Read one span; averages that begin within it belong to it."""
        lowest, highest = (min(query.assets), max(query.assets)) if query.assets else (None, None)

        def read(path: Path) -> Rows:
            return _chosen(parquet.read(path, lowest, highest, begin, end), query)

        try:
            grades = combined(self.folder, files, read)
        except (OSError, pa.ArrowException) as error:
            raise HistoryError("a file of the history cannot be read") from error
        return _together(grades, query.step_ns)


def _width(query: Query) -> int:
    """Choose how much time is read at once: whole steps, and whole hours."""
    usual = SPAN_NS if query.assets else SPAN_OF_ALL_NS
    if query.step_ns is None or usual % query.step_ns == 0:
        return usual
    return query.step_ns * -(-usual // query.step_ns)


def _chosen(rows: Rows, query: Query) -> Rows:
    """Keep the signals that are asked for."""
    wanted = np.array(
        [
            signal.run == query.run
            and (not query.assets or signal.asset in query.assets)
            and (not query.channels or signal.channel in query.channels)
            for signal in rows.signals
        ],
        bool,
    )
    return rows if wanted.all() else rows.take(wanted[rows.code])


def _together(grades: Sequence[Rows], step_ns: int | None) -> Rows:
    """Put readings and averages into one answer."""
    if step_ns is None and len(grades) == 1:
        return grades[0]
    wide = joined([as_averages(rows) for rows in grades]) if grades else None
    if wide is None:
        return empty()
    return ordered(wide) if step_ns is None else averaged(ordered(wide), step_ns)
