"""One page of readings: as many as are asked for, cut between two instants, within a bound of time."""

import time
from collections.abc import Callable, Sequence

import numpy as np

from pdm.history.averages import as_averages
from pdm.history.query import History, Query
from pdm.history.rows import RAW, Rows, by_signal, empty, joined

SECONDS = 10.0
"""After so long a page ends with what was found; its cursor goes on."""


def page(
    history: History, query: Query, limit: int, clock: Callable[[], float] = time.monotonic
) -> tuple[Rows, int | None]:
    """Return at most `limit` rows by signal and time, and the instant in ns where the next page begins.

    All rows of an instant are on one page, so where a single one has more, the page is longer.
    raises HistoryError
    """
    deadline = clock() + SECONDS
    parts, count, following = list[Rows](), 0, None
    for end, rows in history.spans(query):
        parts.append(rows)
        count += len(rows)
        if end < query.end_ns and (count > limit or clock() > deadline):
            following = end
            break
    whole = together(parts)
    if count <= limit:
        return whole, following
    instants = np.sort(whole.columns["time"])
    cut = int(instants[limit])
    if cut == int(instants[0]):
        cut = int(instants[np.searchsorted(instants, cut, "right") :].min(initial=query.end_ns))
    kept = whole.take(whole.columns["time"] < cut)
    return kept, cut if cut < query.end_ns else following


def together(parts: Sequence[Rows]) -> Rows:
    """Join spans that follow one another, sorted by signal and time."""
    filled = [part for part in parts if len(part)]
    if any("count" in part.columns for part in filled):
        filled = [as_averages(part) for part in filled]
    if not filled:
        return empty()
    return filled[0] if len(filled) == 1 else by_signal(joined(filled))


def plain(rows: Rows) -> Rows:
    """Leave the columns of readings alone; the value of an average is its mean."""
    return Rows(rows.signals, rows.code, {name: rows.columns[name] for name in RAW})
