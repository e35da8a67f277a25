"""Readings as the history holds them: columns, sorted by signal and time, one row for each instant."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Array = NDArray[Any]
_SIXTEEN = 1 << 16


class Origin(IntEnum):
    """How a reading came; where two hold for one instant, the smaller code is the one that counts."""

    LIVE = 0
    """Through the ordered log, in time: what alarms were judged by."""
    LATE = 1
    """Through the ordered log, after its frame had closed."""
    BACKFILL = 2
    """Imported into the history alone, past all alarms."""


class Signal(NamedTuple):
    """What a row is a value of; history is sorted by these, in this order."""

    asset: str
    run: str
    channel: str
    quantity: str
    unit: str


class Rows(Struct, frozen=True):
    """Readings, or averages over a bucket of time.

    signals : distinct signals in their order
    code    : (n,) i8 index into `signals`
    columns : by name, (n,) each: time i8 ns, value f8 in SI, quality u1, origin u1, offset i8 in the
              log; averages, whose `value` is the mean, have low, high, last f8 and count i8 as well
    """

    signals: list[Signal]
    code: Array
    columns: dict[str, Array]

    def __len__(self) -> int:
        return len(self.code)

    def take(self, which: Array | slice) -> "Rows":
        """Take some rows; the signals stay as they are."""
        return Rows(
            self.signals, self.code[which], {name: column[which] for name, column in self.columns.items()}
        )


RAW = {"time": np.int64, "value": np.float64, "quality": np.uint8, "origin": np.uint8, "offset": np.int64}
"""Columns of readings, with their types."""
COARSE = {**RAW, "low": np.float64, "high": np.float64, "last": np.float64, "count": np.int64}
"""Columns of averages."""


def empty(coarse: bool = False) -> Rows:
    """Return no rows."""
    return Rows(
        [],
        np.empty(0, np.int64),
        {name: np.empty(0, kind) for name, kind in (COARSE if coarse else RAW).items()},
    )


def joined(parts: Sequence[Rows]) -> Rows:
    """Put parts of one kind behind one another, under one list of signals."""
    if len(parts) == 1:
        return parts[0]
    signals = sorted({signal for part in parts for signal in part.signals})
    place = {signal: i for i, signal in enumerate(signals)}
    code = [np.array([place[s] for s in part.signals], np.int64)[part.code] for part in parts if len(part)]
    filled = [part for part in parts if len(part)]
    if not filled:
        return parts[0]
    columns = {name: np.concatenate([part.columns[name] for part in filled]) for name in filled[0].columns}
    return Rows(signals, np.concatenate(code), columns)


def ordered(rows: Rows) -> Rows:
    """Sort by signal and time, and keep one row for each instant of a signal.

    Live comes before late, and late before backfill; of two live ones the first in the log counts,
    of two others the last. What is in order already, as the log of a machine is, costs little.
    """
    sorted_by_signal = rows if _rising(rows.code) else rows.take(by_rank(rows.code))
    code, time = sorted_by_signal.code, sorted_by_signal.columns["time"]
    if ((time[1:] > time[:-1]) | (code[1:] != code[:-1])).all():
        return sorted_by_signal
    origin, offset = sorted_by_signal.columns["origin"], sorted_by_signal.columns["offset"]
    turn = np.where(origin == Origin.LIVE, offset, -offset)
    found = sorted_by_signal.take(np.lexsort((turn, origin, time, code)))
    first = np.ones(len(found), bool)
    first[1:] = (found.code[1:] != found.code[:-1]) | (
        found.columns["time"][1:] != found.columns["time"][:-1]
    )
    return found.take(first)


def by_signal(rows: Rows) -> Rows:
    """Sort by signal alone; rows of one signal stay in their order."""
    return rows.take(by_rank(rows.code))


def by_rank(rank: Array) -> Array:
    """Sort small whole numbers stably, 16 bits at a time, which NumPy does in linear time."""
    order = np.argsort((rank & (_SIXTEEN - 1)).astype(np.uint16), kind="stable")
    if len(rank) and int(rank.max()) >= _SIXTEEN:
        high = (rank[order] >> 16).astype(np.uint16 if int(rank.max()) >> 32 == 0 else np.int64)
        order = order[np.argsort(high, kind="stable")]
    return order


def runs(*columns: Array) -> Array:
    """Return where a run of equal rows begins."""
    count = len(columns[0])
    begins = np.zeros(count, bool)
    begins[:1] = True
    for column in columns:
        begins[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(begins)


def _rising(code: Array) -> bool:
    return bool((code[1:] >= code[:-1]).all())
