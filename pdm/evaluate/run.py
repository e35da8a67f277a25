"""One labelled run of a machine: when it was sampled, when it was unwell, and when there was an alarm."""

from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Array = NDArray[Any]


class Run(Struct, frozen=True):
    """A labelled run and the alarms in it.

    times  : (n,) data time of each row in ns, rising
    labels : (n,) whether the row is anomalous
    alarms : (begin, end) in ns of each alarm, in order; one that never ended has no end
    """

    name: str
    times: Array
    labels: Array
    alarms: tuple[tuple[int, int | None], ...]

    def alarmed(self) -> Array:
        """Tell for each row whether there was an alarm: from the row that raised it up to its end."""
        rows = np.zeros(len(self.times), np.bool_)
        for begin, end in self.alarms:
            stop = len(rows) if end is None else np.searchsorted(self.times, end)
            rows[np.searchsorted(self.times, begin) : stop] = True
        return rows

    def faults(self) -> list[tuple[int, int]]:
        """Return the first and the last row of each stretch of anomalous rows."""
        edges = np.diff(np.concatenate(([0], self.labels.astype(np.int8), [0])))
        return list(
            zip(np.flatnonzero(edges == 1).tolist(), (np.flatnonzero(edges == -1) - 1).tolist(), strict=True)
        )
