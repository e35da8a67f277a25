"""What is remembered of one sensor, and the words for what may be wrong with it.

Nothing here is about the machine: each room of the arbiter (`still`, `jump`, `absence`, `creep`) keeps its
few numbers in the same record, so that a sensor costs one line of memory.
"""

import numpy as np

from models.compiled import compiled
from models.row import Record

NORMAL, FAILURE, CHECK, OUT_OF_SPECIFICATION, MAINTENANCE = 0, 1, 2, 3, 4
"""Status of a sensor after NAMUR NE 107; values under FAILURE and CHECK are not judged."""

NOTHING, FLATLINE, DROPOUT, SPIKE, DRIFT, SATURATION, CLOCK_SKEW, SCALE = range(8)
"""What is wrong with a sensor."""

SLOT = np.dtype(
    [
        ("last", "f8"),  # last measured value, as it came: repeats are told by equality
        ("level", "f4"),  # damped value
        ("noise", "f4"),  # mean distance of a value from the level
        ("grain", "f4"),  # how far a value goes that is not the one before
        ("before", "f4"),  # level before the leap that is being decided, or that was called a swap
        ("after", "f4"),  # sum of the values since that leap, and the one farthest off
        ("farthest", "f4"),
        ("top", "f4"),  # largest value of this minute
        ("bottom", "f4"),
        ("total", "f4"),  # sum of this minute
        ("anchor", "f4"),  # what the channel stood at over the last half hour or so
        ("creep", "f4"),  # last minute less the anchor, in allowances
        ("absent", "f4"),  # share of frames without a value, lately
        ("usual", "f4"),  # and usually
        ("ceiling", "f4"),  # where its values were cut off
        ("lately", "u4"),  # repeats of the last minute
        ("spikes", "u2"),  # frames until the last spikes are forgotten
        ("seen", "u2"),  # values so far, up to MOST
        ("same", "u2"),  # values in a row that were the same as the one before
        ("longest", "u2"),  # of such rows so far
        ("count", "u2"),  # values of this minute
        ("at_top", "u2"),  # of these, how many were the largest
        ("at_bottom", "u2"),
        ("repeats", "u2"),  # of these, how many were the same as the one before
        ("most", "u1"),  # the most repeats in any minute before the last; this and what follows up to FEW
        ("gap", "u1"),  # frames in a row without a value
        ("longest_gap", "u1"),
        ("late", "u1"),  # readings that came too late, lately
        ("changes", "u1"),  # how often a value was not the one before
        ("minutes", "u1"),  # minutes taken into the anchor
        ("beyond", "u1"),  # minutes in a row with a creep beyond the line
        ("good", "u1"),  # frames, or minutes, in a row that speak against the fault
        ("stage", "u1"),  # values since the leap that is being decided; 0: none
        ("kind", "u1"),
        ("status", "u1"),
        ("stands", "u1"),  # the kind of which an event is open
    ],
    align=True,
)
"""State of one sensor; all zero is one of which nothing is known."""

MACHINE = np.dtype([("minute", "i4"), ("moving", "i4"), ("news", "i4")], align=True)
"""Frames in the minute being filled; frames for which a leap counts as the machine's, since several leapt at
once; sensors of which there is something to tell."""

PARAM = np.dtype(
    [
        ("relative", "f8"),  # what the channel may do without meaning anything, as in `models.drift`
        ("absolute", "f8"),
        ("lowest", "f8"),  # the instrument's range; NaN where nobody said
        ("highest", "f8"),
        ("swaps", "i4"),  # which conversions could have been mistaken, a row of the kit's table
        ("alone", "i4"),  # directions in which a machine fault may show here alone: 1 up, 2 down, 3 both
        ("twin", "i4"),  # n > 0: it moves with a channel of n or -n, or its sensor is wrong; 0: with none
        ("judged", "i4"),
    ],
    align=True,
)
"""What a sensor is judged by; all zero: it is not judged."""

MOST, FEW = 65_000, 255
"""Where counts stop."""


@compiled
def unblamed(slot: Record) -> bool:
    """Tell whether the values of a sensor are as good as any: nothing is wrong, or spikes that are gone."""
    return bool(slot.kind in (NOTHING, SPIKE))


@compiled
def allowance(slot: Record, param: Record) -> float:
    """Return what the channel may do without meaning anything, in its unit."""
    return float(param.absolute + param.relative * abs(slot.level))


@compiled
def status_of(slot: Record) -> int:
    """Return the status of a sensor; out of specification where it is not known yet what a leap is."""
    return OUT_OF_SPECIFICATION if slot.stage > 0 else int(slot.status)


@compiled
def blame(slot: Record, kind: int, status: int) -> None:
    """Say that something is wrong with a sensor."""
    slot.kind, slot.status, slot.good = kind, status, 0


@compiled
def acquit(slot: Record) -> None:
    """Say that nothing is wrong with a sensor any more."""
    slot.kind, slot.status, slot.good, slot.stage = NOTHING, NORMAL, 0, 0
