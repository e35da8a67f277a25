"""Vibration velocity of a bearing housing, from speed, load and what is wrong.

Independent sources add as a root of squares, because their phases and frequencies are unrelated.
"""

import numpy as np

from pdm.simulator.lag import Array

SPEED_POWER = 1.8
"""Between 1 (resonant structure, misalignment) and 2 (force of a residual unbalance, r * omega^2)."""


def velocity(
    healthy: Array, speed: Array, load: Array, structure: Array, sources: tuple[Array, ...]
) -> Array:
    """Velocity RMS in mm/s, (seconds, machines).

    healthy      : (machines,) mm/s at rated speed and load
    speed, load  : fraction of rated
    structure    : slow wander of the transfer path, standard deviation 1; it does 1.5 %
    sources      : velocity of each fault at rated speed, as a multiple of `healthy`
    """
    own = speed**SPEED_POWER * (0.7 + 0.3 * load)
    total = np.sqrt(own**2 + sum((source * speed**2) ** 2 for source in sources))
    return np.asarray(healthy * total * (1.0 + 0.015 * structure))
