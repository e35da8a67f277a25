"""How often healthy machines would cross a line, for any line: what a budget of false alarms is set by."""

from collections.abc import Sequence

import numpy as np

from pdm.evaluate.run import Array

FRAMES_ON, FRAMES_OFF = 2, 15
"""Frames above the line that make an alarm, and below half of it that end one; as of `models.pace`."""


def crossings(score: Array, line: float) -> int:
    """Count the alarms that one machine's scores would be with this line.

    score : (frames,) in time order, NaN where there is none
    """
    above, calm = score > line, ~(score >= 0.5 * line)
    sure = np.convolve(above, np.ones(FRAMES_ON), "full")[: len(above)] >= FRAMES_ON
    rest = np.convolve(calm, np.ones(FRAMES_OFF), "full")[: len(calm)] >= FRAMES_OFF
    count, active = 0, False
    for t in np.flatnonzero(sure | rest):
        count += int(sure[t] and not active)
        active = bool(sure[t]) or (active and not rest[t])
    return count


def rates(scores: Sequence[Array], days: float, lines: Sequence[float]) -> tuple[float, ...]:
    """Return alarms a machine and day for each line, over healthy machines."""
    return tuple(sum(crossings(score, line) for score in scores) / days for line in lines)


def exponential(lines: Sequence[float], found: Sequence[float]) -> tuple[float, float]:
    """Return the rate at the line 1.0, and the step that makes an alarm e times rarer, by an exponential.

    lines, found : at least two lines with rates above nothing
    raises ValueError otherwise
    """
    seen = [(line, float(np.log(rate))) for line, rate in zip(lines, found, strict=True) if rate > 0.0]
    if len(seen) < 2:
        raise ValueError("too few alarms to tell how their number falls with the line")
    slope, level = np.polyfit([line - 1.0 for line, _ in seen], [log for _, log in seen], 1)
    return float(np.exp(level)), float(-1.0 / slope)
