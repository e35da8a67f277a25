"""The three-phase asynchronous motor that drives each machine, as its supply sees it."""

import numpy as np

from pdm.simulator.lag import Array

LINE_VOLTAGE, POWER_FACTOR, EFFICIENCY = 400.0, 0.86, 0.92
MAGNETISING = 0.35
"""Share of the rated current that flows without load, a quarter turn behind the working part."""


def rated_current(power_kw: Array) -> Array:
    """Amperes at rated shaft power."""
    return np.asarray(power_kw * 1000.0 / (np.sqrt(3.0) * LINE_VOLTAGE * POWER_FACTOR * EFFICIENCY))


def current_share(load: Array, voltage: Array) -> Array:
    """Current as a share of rated; `load` is shaft power and `voltage` line voltage, as shares of rated."""
    working = np.sqrt(1.0 - MAGNETISING**2) * load / voltage
    return np.asarray(np.sqrt((MAGNETISING * voltage) ** 2 + working**2))
