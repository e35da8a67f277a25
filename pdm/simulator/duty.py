"""What the plant asks of its machines: speed, demand, ambient and the small disturbances of a day.

None of it is a fault. Set-points move within a band of 1.5 % of speed and 4 % of demand, on a ramp; on top
there is a slow wander. The allowances of the plant file follow from this band.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pdm.simulator.lag import Array, Lag, Wander
from pdm.simulator.scenario import Scenario

SPEED_BAND, DEMAND_BAND = 0.015, 0.04
SPEED_WANDER, DEMAND_WANDER = 0.0015, 0.004
BETWEEN_STEPS_S, SHORTEST_GAP_S = 420.0, 90.0
REST_S = (120.0, 1500.0)
"""Shortest and longest rest of a machine that is switched off."""
CREEP = 0.05
"""Fraction of rated speed below which what depends on a ratio to the speed is taken as at it."""
DAY_S = 86_400
AMBIENT_MEAN, AMBIENT_SWING = 22.0, 5.0
SHIFT_BEGINS = 8 / 24
"""A scenario begins at eight in the plant's morning, whatever the clock says: same seed, same bytes."""


class Duty(NamedTuple):
    """Some seconds of operation; each (seconds, machines).

    speed, demand : fraction of rated
    ambient       : degC
    supply        : slow wander of what feeds the machine (tank level, grid), standard deviation 1
    structure     : slow wander of how the machine stands and rings, standard deviation 1
    turbulence    : white, standard deviation 1
    on            : 1 where it is switched on, 0 where it is not
    """

    speed: Array
    demand: Array
    ambient: Array
    supply: Array
    structure: Array
    turbulence: Array
    on: Array | float = 1.0


class Duties:
    """The duty of all machines of one class, second by second."""

    def __init__(self, scenario: Scenario, machine_class: str, machines: int) -> None:
        def draws(purpose: str) -> np.random.Generator:
            return scenario.draws(purpose, machine_class)

        self._now = 0
        self._speed = _Setpoint(draws("speed-steps"), machines, scenario.duration_s, SPEED_BAND)
        self._demand = _Setpoint(draws("demand-steps"), machines, scenario.duration_s, DEMAND_BAND)
        self._wanders = [
            Wander(draws(name), machines, tau)
            for name, tau in (("speed", 90.0), ("demand", 120.0), ("supply", 400.0), ("structure", 300.0))
        ]
        self._turbulence = draws("turbulence")
        self._switch = _Switch(draws("stops"), machines, scenario)
        self._hall = draws("hall").normal(0.0, 1.5, machines)

    def advance(self, seconds: int) -> Duty:
        """Go on for some seconds."""
        time = np.arange(self._now, self._now + seconds)
        on = self._switch.at(time)
        self._now += seconds
        speed, demand, supply, structure = (wander.walk(seconds) for wander in self._wanders)
        day = np.sin(2.0 * np.pi * (time / DAY_S + SHIFT_BEGINS - 0.375))
        return Duty(
            speed=self._speed.at(time, on) + SPEED_WANDER * speed * on,
            demand=self._demand.at(time, np.ones_like(on)) + DEMAND_WANDER * demand,
            ambient=AMBIENT_MEAN + AMBIENT_SWING * day[:, None] + self._hall,
            supply=supply,
            structure=structure,
            turbulence=self._turbulence.standard_normal(structure.shape),
            on=on,
        )


class _Setpoint:
    """A set-point per machine that somebody moves now and then, and a drive that follows on a ramp."""

    def __init__(self, rng: np.random.Generator, machines: int, duration_s: int, band: float) -> None:
        steps = int(duration_s / SHORTEST_GAP_S) + 1
        gaps = SHORTEST_GAP_S + rng.exponential(BETWEEN_STEPS_S - SHORTEST_GAP_S, (steps, machines))
        self._when = np.cumsum(gaps, axis=0)
        self._level = 1.0 + rng.uniform(-band, band, (steps + 1, machines))
        self._ramp = Lag(rng.uniform(8.0, 20.0, machines))

    def at(self, time: NDArray[np.int64], on: Array) -> Array:
        """Give the fraction of rated at these seconds, (seconds, machines); it runs down where it is off."""
        passed = (self._when[None, :, :] <= time[:, None, None]).sum(axis=1)
        return self._ramp.follow(np.take_along_axis(self._level, passed, axis=0) * on)


class _Switch:
    """When each machine is switched off, and for how long."""

    def __init__(self, rng: np.random.Generator, machines: int, scenario: Scenario) -> None:
        shape = (scenario.stops, machines)
        self._off = rng.uniform(0.2, 0.9, shape) * scenario.duration_s
        self._back = self._off + rng.uniform(*REST_S, shape)

    def at(self, time: NDArray[np.int64]) -> Array:
        """Give 1 where a machine is on, (seconds, machines)."""
        now = time[:, None, None]
        off = ((self._off <= now) & (now < self._back)).any(axis=1)
        return np.where(off, 0.0, 1.0)
