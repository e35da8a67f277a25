"""The times at which a machine was under maintenance: nothing that it showed then is learnt from."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from pdm.instant import nanoseconds
from pdm.records.control import MaintenanceWindow

Span = tuple[int, int]
"""[begin, end) in ns of data time."""
FAR = 2**62


def spans(windows: Iterable[MaintenanceWindow]) -> list[Span]:
    """Return when a machine was under maintenance; what was cancelled never was."""
    return [
        (nanoseconds(one.begin), FAR if one.to is None else nanoseconds(one.to))
        for one in windows
        if not one.cancelled
    ]


def outside(time: NDArray[np.int64], under: Sequence[Span]) -> NDArray[np.bool_]:
    """Tell for each instant, in ns, whether it is outside of all maintenance."""
    free = np.ones(len(time), np.bool_)
    for begin, end in under:
        free &= (time < begin) | (time >= end)
    return free
