"""Whether the channels of a machine move together as in health: principal components, fitted beforehand.

What is compared is each channel's deviation from its own slow baseline (`models.drift`), so that a drift
of the level is no change of the pattern. Along the fitted components a healthy machine moves, with its
load; off them it does not. Both are told by one number, the combined index of T2 and SPE: Yue & Qin, Ind.
Eng. Chem. Res. 40 (2001) 4403-4414, equation 13. `models.components` fits it.
"""

import numpy as np

from models.compiled import compiled
from models.pace import Pace
from models.row import Array, Record, Row

COMPONENTS = 3
"""Components of one machine: load, speed, and what warms it."""

PARAM = np.dtype(
    [
        ("scale", "f8"),  # deviation of the channel that is one unit; 0: the channel is not looked at
        ("loading", "f8", (COMPONENTS,)),
        ("precision", "f8", (COMPONENTS,)),  # of T2: one over the bound of each component's square
        ("beside", "f8"),  # of SPE: one over the bound of the square of what is left
    ],
    align=True,
)
"""Fitted model of one channel; `precision` and `beside` are those of its machine, divided by its line."""


@compiled
def score_row(slots: Array, params: Array, pace: Pace, row: Row, part: Array) -> float:
    """Score how far the deviations of all channels are from the pattern they have in health.

    slots : SLOT of `models.drift`, as they are after that detector has taken the frame in
    part  : (>= width,) out; the squares, each with the sign of its part, add up to that of the score
    A channel that is not yet judged does not deviate. One that is missing keeps its damped value.
    """
    if params[row.first].beside <= 0.0:
        part[: row.width] = 0.0
        return 0.0
    along = (0.0, 0.0, 0.0)
    for i in range(row.width):
        param = params[row.first + i]
        part[i] = deviation(slots[row.first + i], param, pace)
        along = (
            along[0] + param.loading[0] * part[i],
            along[1] + param.loading[1] * part[i],
            along[2] + param.loading[2] * part[i],
        )
    total = 0.0
    for i in range(row.width):
        square = part[i] * pull(params[row.first + i], along, part[i])
        total += square
        part[i] = np.sqrt(square) if square >= 0.0 else -np.sqrt(-square)
    return float(np.sqrt(max(0.0, total)))


@compiled
def deviation(slot: Record, param: Record, pace: Pace) -> float:
    """Return the deviation of one channel in its unit, 0 where nothing is known of it yet."""
    if param.scale <= 0.0 or slot.learnt < pace.ready:
        return 0.0
    return float((slot.mean - slot.base - slot.rest) / param.scale)


@compiled
def pull(param: Record, along: tuple[float, float, float], z: float) -> float:
    """Return what one unit of this channel's deviation adds to the index, given that of the others."""
    inside = bound = 0.0
    for k in range(COMPONENTS):
        inside += param.loading[k] * along[k]
        bound += param.precision[k] * param.loading[k] * along[k]
    return float(bound + param.beside * (z - inside))
