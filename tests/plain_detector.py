"""A slow, obvious detector: is a machine unlike its own last minutes, by more than its allowances?

Written from the description of the gated drift-aware detector, without its freezing and releasing: it says
whether a simulated fault can be found by simple means at all, and whether a healthy machine keeps quiet.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pdm.simulator.catalogue import Signal

DAMPING_S, MEMORY_S, DELAY_S, LEARNING_S = 12.0, 200.0, 30, 60


def peak_scores(values: NDArray[np.float64], signals: Sequence[Signal]) -> NDArray[np.float64]:
    """Score of each second of (seconds, signals) against a baseline that follows; 1.0 is the line."""
    share, floor = (np.array([signal.allowance[part] for signal in signals]) for part in (0, 1))
    damped, base = values[0].copy(), values[0].copy()
    waiting: list[NDArray[np.float64]] = []
    scores = np.zeros(len(values))
    for second, row in enumerate(values):
        damped += (row - damped) / DAMPING_S
        waiting.append(damped.copy())
        if len(waiting) > DELAY_S:
            base += (waiting.pop(0) - base) / min(MEMORY_S, second + 1.0 - DELAY_S)
        if second >= LEARNING_S:
            scores[second] = np.sqrt((((damped - base) / (share * np.abs(base) + floor)) ** 2).sum())
    return scores
