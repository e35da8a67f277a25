"""Time constants of the detectors in frames of the grid, and the factors that go with them.

The kernels count frames, never seconds: whoever knows the grid makes one `Pace` of it and passes it on.
"""

from typing import NamedTuple

import numpy as np

RING = 8
"""Cells of the delay line of each channel."""
SETTLE, COAST, WARMING = 30.0, 300.0, 10_800.0
"""Seconds of a steady drive before a machine is judged, that a start may take, and to be warm."""


class Pace(NamedTuple):
    """Frozen time constants, all in frames of the grid unless said otherwise.

    smooth   : share of a new value in the damped value
    block    : frames averaged into one cell of the delay line
    delay    : cells a value waits before it may be learnt, 1 to RING
    memory   : share of one cell in the baseline once it has as many as it can remember
    ready    : cells to be learnt before a channel is judged
    warm     : values to be damped before a residual is judged
    forget   : a gap longer than this restarts learning, unless there is an alarm
    release  : frames for which all channels must be calm before an alarm is cleared
    delay_on : frames for which the score must be above the line before an alarm is raised: 2 s, and
               never less than two frames, so that one wild value raises nothing
    wander   : standard deviations of a channel's own wander that widen its allowance
    reach    : allowances off the baseline beyond which a value counts no more
    settle   : frames for which a drive must keep its value before the machine is judged
    coast    : frames after which a drive that still moves is judged all the same
    warming  : frames after which what has not come back to its warmth since a start is learnt anew
    decide   : frames a sensor's jump may take to be told: back at once, another unit, or the machine
    still    : frames in a row with one value that no sensor has by itself, beside what it had before
    minute   : frames of one look at what creeps
    """

    smooth: float
    block: int
    delay: int
    memory: float
    ready: int
    warm: int
    forget: int
    release: int
    delay_on: int
    wander: float
    reach: float
    settle: int
    coast: int
    warming: int
    decide: int
    still: int
    minute: int


def pace(
    frame: float = 1.0,
    *,
    smooth: float = 8.0,
    delay: float = 30.0,
    memory: float = 400.0,
    ready: float = 64.0,
    release: float = 15.0,
    wander: float = 3.0,
    reach: float = 4.0,
) -> Pace:
    """Convert time constants in seconds into frames of `frame` seconds.

    smooth   : of the damped value, as of a damped instrument
    delay    : age of a value when it is learnt; an alarm within that time keeps it out
    memory   : of the baseline; what grows slower is absorbed, so limits stand beside it
    ready    : how long a channel must have stayed within its allowance before it is judged
    release  : how long all must be calm before an alarm is cleared
    """
    block = max(1, round(delay / frame / RING))
    return Pace(
        smooth=float(-np.expm1(-frame / smooth)),
        block=block,
        delay=int(np.clip(round(delay / frame / block), 1, RING)),
        memory=float(-np.expm1(-frame * block / memory)),
        ready=max(2, round(ready / frame / block)),
        warm=max(1, round(2.0 * smooth / frame)),
        forget=max(300, round(3600.0 / frame)),
        release=max(1, round(release / frame)),
        delay_on=max(2, round(2.0 / frame)),
        wander=wander,
        reach=reach,
        settle=max(2, round(SETTLE / frame)),
        coast=max(3, round(COAST / frame)),
        warming=max(4, round(WARMING / frame)),
        **_of_sensors(frame),
    )


def _of_sensors(frame: float) -> dict[str, int]:
    """Return the time constants of the arbiter: 5 s, 10 s and a minute."""
    return {
        "decide": max(3, round(5.0 / frame)),
        "still": max(6, round(10.0 / frame)),
        "minute": max(10, round(60.0 / frame)),
    }
