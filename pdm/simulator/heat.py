"""Heat of bearings and windings: a rise over the ambient that follows the losses with inertia."""

from numpy.random import Generator

from pdm.simulator.lag import Array, Lag

BEARING_TAU_S, WINDING_TAU_S = 300.0, 500.0
"""Small machines, and the quick end of what is usual, so that half an hour shows it."""


class Bearing:
    """A bearing's temperature; friction grows with speed and load, and with a lack of grease."""

    def __init__(self, rng: Generator, machines: int) -> None:
        self._rise = rng.uniform(24.0, 34.0, machines)
        self._lag = Lag(BEARING_TAU_S * rng.uniform(0.8, 1.2, machines))

    def temperature(self, ambient: Array, speed: Array, load: Array, friction: Array) -> Array:
        """Degrees C; `friction` is what a fault adds, as a share of the healthy losses."""
        return ambient + self._lag.follow(self._rise * speed**1.2 * (0.6 + 0.4 * load) * (1.0 + friction))


class Winding:
    """A winding's temperature; copper losses go with the square of the current, cooling may be lost."""

    def __init__(self, rng: Generator, machines: int) -> None:
        self._rise = rng.uniform(45.0, 60.0, machines)
        self._lag = Lag(WINDING_TAU_S * rng.uniform(0.8, 1.2, machines))

    def temperature(self, ambient: Array, current: Array, blockage: Array) -> Array:
        """Degrees C; `current` as a share of rated, `blockage` adds to the thermal resistance."""
        return ambient + self._lag.follow(self._rise * (0.25 + 0.75 * current**2) * (1.0 + blockage))
