"""Fans: where the fan's curve meets the duct's, by the affinity laws.

Per unit of the rated point, with speed n and flow q through the fan:

    pressure of the fan   p = A n^2 - (A - 1) q^2
    pressure of the duct  p = k m^2,  k = (1 + clogging) / demand^2,  m = (1 - leakage) q at the meter
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.random import Generator

from pdm.simulator.duty import CREEP, Duty
from pdm.simulator.electric import current_share, rated_current
from pdm.simulator.fleet import Nameplate
from pdm.simulator.heat import Bearing, Winding
from pdm.simulator.lag import Array
from pdm.simulator.vibration import velocity

SHUT_OFF = 1.3


class Fans:
    """All fans of the plant."""

    def __init__(self, plates: Sequence[Nameplate], rng: Generator) -> None:
        count = len(plates)
        self._rpm = np.array([plate.rated_rpm for plate in plates])
        power = np.array([plate.power_kw for plate in plates])
        self._amperes = rated_current(power)
        self._pressure = rng.uniform(900.0, 2200.0, count)  # Pa
        self._flow = power * rng.uniform(0.6, 0.7, count) * 3.6e6 / self._pressure  # m3/h
        self._use = rng.uniform(0.72, 0.88, count)
        self._velocity = rng.uniform(1.4, 2.1, (2, count))
        self._bearing, self._winding = Bearing(rng, count), Winding(rng, count)

    def respond(self, duty: Duty, severity: Mapping[str, Array]) -> Array:
        """Give all signals of `SIGNALS["fan"]`, (seconds, machines, signals), without instrument noise."""
        unbalance, angle = severity["imbalance"], severity["misalignment"]
        flow, meter, pressure = _operating_point(duty, severity)
        efficiency = 1.0 - 0.3 * (flow / np.maximum(duty.speed, CREEP) - 1.0) ** 2
        load = self._use * flow * pressure / efficiency * (1.0 + 0.03 * angle)
        current = current_share(load, 1.0 + 0.006 * duty.supply) * duty.on
        de, nde = self._velocity
        signals = (
            velocity(de, duty.speed, load, duty.structure, (2.4 * unbalance, 1.8 * angle)),
            velocity(nde, duty.speed, load, duty.structure, (1.5 * unbalance, 1.0 * angle)),
            self._bearing.temperature(duty.ambient, duty.speed, load, 0.35 * angle),
            self._winding.temperature(duty.ambient, current, 1.4 * severity["overheating"]),
            self._pressure * pressure,
            self._flow * meter,
            self._amperes * current,
            self._rpm * duty.speed,
            100.0 * load,
        )
        return np.stack(signals, axis=2)


def _operating_point(duty: Duty, severity: Mapping[str, Array]) -> tuple[Array, Array, Array]:
    """Flow through the fan, flow at the meter behind the leak, and pressure, each per unit."""
    leakage = np.minimum(0.42 * severity["leak"], 0.7)
    resistance = (1.0 + 2.6 * severity["clogging"]) / duty.demand**2
    shut_off = SHUT_OFF * duty.speed**2
    flow = np.sqrt(shut_off / (SHUT_OFF - 1.0 + resistance * (1.0 - leakage) ** 2))
    return flow, (1.0 - leakage) * flow, shut_off - (SHUT_OFF - 1.0) * flow**2
