"""Readings that came when their frame had closed, as the history keeps them."""

from msgspec import Struct, structs

from pdm.history.query import History, Query
from pdm.history.rows import Origin, Signal


class LateReading(Struct, frozen=True):
    """One late reading; its time in ns, its value in the unit of its signal."""

    signal: Signal
    time: int
    value: float


def late(history: History, query: Query, limit: int) -> tuple[list[LateReading], int]:
    """Return the first `limit` late readings by time, and how many there are.

    A day that was thinned out answers with averages, and those are of what was in time.
    raises HistoryError
    """
    found: list[LateReading] = []
    total = 0
    for _end, rows in history.spans(structs.replace(query, step_ns=None)):
        if "count" in rows.columns:
            continue
        some = rows.take(rows.columns["origin"] == Origin.LATE)
        total += len(some)
        columns = (some.code.tolist(), some.columns["time"].tolist(), some.columns["value"].tolist())
        mine = [LateReading(some.signals[code], t, v) for code, t, v in zip(*columns, strict=True)]
        found += sorted(mine, key=lambda one: (one.time, one.signal))[: limit - len(found)]
    return found, total
