"""A baseline for each regime of a machine: the one it leaves is kept, the one it enters is taken up."""

import numpy as np

from models.compiled import compiled
from models.row import Array, Row
from models.running import REGIMES

SLOT = np.dtype(
    [
        ("base", "f8", (REGIMES,)),
        ("spread", "f8", (REGIMES,)),
        ("rest", "f8", (REGIMES,)),
        ("learnt", "u4", (REGIMES,)),
    ],
    align=True,
)
"""What `models.drift` knew of one channel when its machine left each regime."""


@compiled
def enter(kept: Array, slots: Array, row: Row, before: int, now: int, new: bool) -> None:
    """Let all channels of a machine go from the regime `before` to `now`.

    kept  : (channels,) SLOT
    slots : (channels,) models.drift.SLOT; values that wait to be learnt belong to the regime left
    new   : whether nothing is known of the regime entered, whatever is kept in its place
    """
    for i in range(row.width):
        store, slot = kept[row.first + i], slots[row.first + i]
        store.base[before], store.spread[before] = slot.base, slot.spread
        store.rest[before], store.learnt[before] = slot.rest, slot.learnt
        if new:
            slot.base = slot.spread = slot.rest = 0.0
            slot.learnt = 0
        else:
            slot.base, slot.spread = store.base[now], store.spread[now]
            slot.rest, slot.learnt = store.rest[now], store.learnt[now]
        slot.full = 0
