"""History for notebooks: one function, an Arrow table."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from pdm.history import parquet
from pdm.history.page import together
from pdm.history.query import History, Query
from pdm.history.steps import step_ns
from pdm.instant import NS, nanoseconds

FOLDER = "history"
"""Name of the history's folder in the data directory."""


def readings(
    data_dir: str | Path,
    begin: str | datetime,
    end: str | datetime,
    assets: Sequence[str] = (),
    channels: Sequence[str] = (),
    step: str | None = None,
    run: str = "",
) -> pa.Table:
    """Return the readings of [begin, end) as an Arrow table, sorted by asset, channel and time.

    begin, end       : RFC 3339 with a zone, or datetime with one
    assets, channels : all where empty
    step             : such as "10s", "1m", "1h": mean (`value`), low, high, last and count of each bucket
    run              : namespace of a replay; the live plant unless said
    returns columns asset, run, channel, quantity, unit, quality, origin, time, value (SI), offset
    raises ValueError for what is no instant or step, HistoryError where files cannot be read
    """
    query = Query(
        begin_ns=_instant(begin),
        end_ns=_instant(end),
        assets=tuple(assets),
        channels=tuple(channels),
        run=run,
        step_ns=step_ns(step) if step else None,
    )
    history = History(Path(data_dir) / FOLDER)
    return parquet.table(together([rows for _, rows in history.spans(query)]))


def _instant(moment: str | datetime) -> int:
    if isinstance(moment, str):
        return nanoseconds(moment)
    if moment.tzinfo is None:
        raise ValueError(f"{moment} names no time zone")
    return int(moment.timestamp()) * NS + moment.microsecond * 1_000
