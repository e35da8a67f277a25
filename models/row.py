"""One frame of one machine, as the kernels receive it."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.compiled import compiled

Array = NDArray[Any]
Record = Any
"""One element of a structured array; inside a kernel its fields are attributes."""
Flags = NDArray[np.bool_]


class Row(NamedTuple):
    """One frame: which machine, where its channels are, and what was measured.

    machine      : index into the (machines,) arrays
    first, width : the machine's channels are [first, first + width) of the (channels,) arrays
    steps        : frames since the machine's previous one; 1 for the next in turn or the first ever
    x, ok        : (>= width,) values, and whether they were measured
    """

    machine: int
    first: int
    width: int
    steps: int
    x: Array
    ok: Flags


@compiled
def measured(row: Row, i: int) -> bool:
    """Tell whether channel i was measured; what is not finite is missing."""
    return bool(row.ok[i] and np.isfinite(row.x[i]))
