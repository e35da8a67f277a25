"""Which channel an alarm comes from: the one that left its usual place first, or far more than others."""

import numpy as np

from models.compiled import compiled
from models.row import Array, Row

OFF = 0.5
"""Part from which on a channel is taken for moved: well beyond its own wander, not yet beyond its line."""


@compiled
def note(slots: Array, row: Row, part: Array) -> None:
    """Count for how many frames each channel has been off.

    slots : SLOT of `models.alarm`; a channel that comes back begins again
    """
    for i in range(row.width):
        slot = slots[row.first + i]
        slot.moved = slot.moved + 1 if part[i] >= OFF else 0


def ranked(part: Array, moved: Array) -> list[int]:
    """Rank the channels of a machine by how likely an alarm came from them.

    part  : (width,) parts now
    moved : (width,) for how many frames each has been off
    returns the places of those that are off, the likeliest first
    """
    weight = part * np.sqrt(moved)
    order = np.argsort(-weight, kind="stable")
    return [int(i) for i in order if weight[i] > 0.0]
