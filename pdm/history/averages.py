"""Averages over buckets of time: mean, lowest, highest, last and count of each signal."""

import numpy as np

from pdm.history.rows import Array, Rows, runs
from pdm.records.quality import Quality


def averaged(rows: Rows, width_ns: int) -> Rows:
    """Average sorted rows over buckets that begin at multiples of the width since the epoch.

    Readings of quality bad are left out: nobody judges by them either. A bucket's row stands at its
    beginning. Rows that are averages already count as often as they say.
    """
    wide = as_averages(rows)
    good = wide.columns["quality"] > Quality.BAD
    if not good.all():
        wide = wide.take(good)
    if not len(wide):
        return wide
    time, weight = wide.columns["time"], wide.columns["count"]
    bucket = time - time % width_ns
    begins = runs(wide.code, bucket)
    ends = np.append(begins[1:], len(wide)) - 1
    count = np.add.reduceat(weight, begins)
    columns: dict[str, Array] = {
        "time": bucket[begins],
        "value": np.add.reduceat(wide.columns["value"] * weight, begins) / count,
        "quality": np.maximum.reduceat(wide.columns["quality"], begins),
        "origin": np.maximum.reduceat(wide.columns["origin"], begins),
        "offset": np.maximum.reduceat(wide.columns["offset"], begins),
        "low": np.minimum.reduceat(wide.columns["low"], begins),
        "high": np.maximum.reduceat(wide.columns["high"], begins),
        "last": wide.columns["last"][ends],
        "count": count,
    }
    return Rows(wide.signals, wide.code[begins], columns)


def as_averages(rows: Rows) -> Rows:
    """Give readings the columns of averages: each is the average of itself alone."""
    if "count" in rows.columns:
        return rows
    value = rows.columns["value"]
    also = {"low": value, "high": value, "last": value, "count": np.ones(len(rows), np.int64)}
    return Rows(rows.signals, rows.code, {**rows.columns, **also})


def not_covered(rows: Rows, by: Rows, width_ns: int) -> Rows:
    """Leave out rows in a bucket for which there is an average of the same signal already.

    A bucket that was averaged is final: what is imported later fills empty ones only.
    """
    place = {signal: i for i, signal in enumerate(by.signals)}
    theirs = np.array([place.get(signal, -1) for signal in rows.signals], np.int64)[rows.code]
    bucket = rows.columns["time"] // width_ns
    held = by.columns["time"] // width_ns
    first = min(int(bucket.min(initial=0)), int(held.min(initial=0)))
    span = max(int(bucket.max(initial=0)), int(held.max(initial=0))) - first + 1
    covered = np.isin(theirs * span + (bucket - first), by.code * span + (held - first)) & (theirs >= 0)
    return rows if not covered.any() else rows.take(~covered)
