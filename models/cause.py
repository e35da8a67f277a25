"""Which channel an alarm comes from: the one that left its usual place first, or far more than others."""

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
