"""How much a deviation counts: what a neighbouring sensor ought to see, and does not, counts half.

A machine is stiff: what shakes it is seen at every place where its vibration is measured, more or less. And a
fault adds a force, so it adds to vibration: the squares of amplitudes add up, ISO 20816-1:2016, annex D.
"""

from models.compiled import compiled
from models.row import Array, Row

ALONE = 0.5
"""What a small deviation counts that no neighbour sees, or that a fault can hardly cause."""
SEEN = 0.5
"""Share of a deviation that a neighbour has to see, in the same direction, for it to count in full."""


@compiled
def weigh(slots: Array, params: Array, row: Row, part: Array, out: Array) -> None:
    """Weigh the parts of the drift detector.

    slots, params : SLOT and PARAM of `models.drift`
    part          : (>= width,) parts that the detector has just given
    out           : (>= width,) the same, each times 1, or down to ALONE
    """
    for i in range(row.width):
        weight = 1.0
        if part[i] > 0.0:
            rising, param = above(slots, row, i), params[row.first + i]
            if param.group != 0:
                weight = ALONE + (1.0 - ALONE) * shared(slots, params, row, part, i)
            if param.rises != 0 and not rising:
                weight = ALONE
        out[i] = weight * part[i]


@compiled
def above(slots: Array, row: Row, i: int) -> bool:
    """Tell whether a channel is above what is usual."""
    slot = slots[row.first + i]
    return bool(slot.mean > slot.base + slot.rest)


@compiled
def shared(slots: Array, params: Array, row: Row, part: Array, i: int) -> float:
    """Return how far the neighbours of a channel share its deviation, 0 to 1; 1 where it has none."""
    most, alone = 0.0, True
    for j in range(row.width):
        if j != i and params[row.first + j].group == params[row.first + i].group:
            alone = False
            if above(slots, row, j) == above(slots, row, i):
                most = max(most, part[j])
    return 1.0 if alone else min(1.0, most / (SEEN * part[i]))
