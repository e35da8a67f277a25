"""Values against the limits of the plant, from the first sample on; nothing is learnt."""

import numpy as np

from models.compiled import compiled
from models.row import Array, Row, measured

PARAM = np.dtype(
    [
        ("low_low", "f8"),
        ("low", "f8"),
        ("high", "f8"),
        ("high_high", "f8"),
        (
            "runs",
            "i8",
        ),  # 1: the lower ones mean a machine that runs; 2: the upper ones, one that runs steadily
    ],
    align=True,
)
"""Limits of one channel; NaN where there is none."""

RUNNING, CHANGING, RESTING = 0, 1, 2
"""When a frame is held against limits: the machine runs steadily, it starts or stops, it rests."""

TINY = 1e-300
"""Keeps the span of equal limits from being a division by zero."""


@compiled
def score_row(params: Array, row: Row, when: int, part: Array) -> float:
    """Score each value against its limits: 1.0 is on the warning limit, 2.0 on the critical one.

    when : RUNNING, CHANGING or RESTING: a pump at rest has no pressure, and a start shakes and draws current
    part : (>= width,) out, 0 where a value is missing or has no limit
    returns the largest part
    """
    score = 0.0
    for i in range(row.width):
        part[i] = 0.0
        if measured(row, i):
            p = params[row.first + i]
            over = side(row.x[i], p.high, p.high_high) if when == RUNNING or p.runs & 2 == 0 else 0.0
            under = side(-row.x[i], -p.low, -p.low_low) if when == RUNNING or p.runs & 1 == 0 else 0.0
            part[i] = max(over, under)
            score = max(score, part[i])
    return score


@compiled
def side(x: float, warn: float, critical: float) -> float:
    """Score a value against an upper pair of limits, each NaN where there is none.

    With both it is 1 + (x - warn) / (critical - warn), not below 0: straight through 1 on the warning
    limit and 2 on the critical one, and on beyond. With one alone a tenth of its magnitude is the
    span, so that a healthy value is calm; beyond a lone critical limit the score steps up by 1, so
    that it is 2 or more.
    """
    alone = np.isnan(warn)
    limit = critical if alone else warn
    if np.isnan(limit):
        return 0.0
    score = 1.0 + (x - limit) / max(span(warn, critical), TINY)
    return max(0.0, score + 1.0 if alone and x > limit else score)


@compiled
def span(warn: float, critical: float) -> float:
    """Return how far before the first of an upper pair of limits the score is 0; NaN without one."""
    if np.isnan(warn) or np.isnan(critical):
        return float(0.1 * abs(critical if np.isnan(warn) else warn))
    return float(critical - warn)
