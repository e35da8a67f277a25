"""Centrifugal pumps: where the pump's curve meets the system's, by the affinity laws.

Per unit of the rated point, with speed n and flow q through the pump:

    head of the pump    h = A n^2 - (A - 1) q^2
    head of the system  h = S + (1 - S) k m^2,  k = (1 + clogging) / demand^2,  m = (1 - leakage) q metered

Gulich, Centrifugal Pumps (2014), chapters 3, 6 and 10.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.random import Generator

from pdm.simulator.duty import CREEP, Duty
from pdm.simulator.electric import current_share, rated_current
from pdm.simulator.fleet import Nameplate
from pdm.simulator.heat import Bearing
from pdm.simulator.lag import Array
from pdm.simulator.vibration import velocity

SHUT_OFF, STATIC_HEAD = 1.25, 0.3


class Pumps:
    """All pumps of the plant; their sizes are drawn once, their heat is remembered."""

    def __init__(self, plates: Sequence[Nameplate], rng: Generator) -> None:
        count = len(plates)
        self._rpm = np.array([plate.rated_rpm for plate in plates])
        power = np.array([plate.power_kw for plate in plates])
        self._amperes = rated_current(power)
        self._head = rng.uniform(3.0, 7.0, count)  # bar
        self._flow = (
            power * rng.uniform(0.6, 0.7, count) * 36.0 / self._head
        )  # m3/h by power = flow * pressure
        self._use = rng.uniform(0.72, 0.88, count)
        self._tank = rng.uniform(1.0, 1.4, count)  # bar
        self._velocity = rng.uniform(1.1, 1.7, (2, count))
        self._bearing = Bearing(rng, count)

    def respond(self, duty: Duty, severity: Mapping[str, Array]) -> Array:
        """Give all signals of `SIGNALS["pump"]`, (seconds, machines, signals), without instrument noise."""
        n, cavitation = duty.speed, severity["cavitation"]
        flow, meter, head = _operating_point(duty, severity)
        efficiency = 1.0 - 0.35 * (flow / np.maximum(n, CREEP) - 1.0) ** 2
        load = self._use * flow * head / efficiency * (1.0 + 0.03 * severity["misalignment"])
        suction = self._tank + 0.03 * duty.supply - 0.15 * flow**2 - 0.65 * np.minimum(cavitation, 1.3)
        signals = (
            *self._vibration(duty, load, severity),
            self._bearing.temperature(
                duty.ambient, n, load, 1.4 * severity["overheating"] + 0.35 * severity["misalignment"]
            ),
            suction,
            suction + self._head * head,
            self._flow * meter,
            self._amperes * current_share(load, np.ones_like(load)) * duty.on,
            self._rpm * n,
            100.0 * load,
        )
        return np.stack(signals, axis=2)

    def _vibration(self, duty: Duty, load: Array, severity: Mapping[str, Array]) -> tuple[Array, Array]:
        unbalance, angle, bubbles = severity["imbalance"], severity["misalignment"], severity["cavitation"]
        roar = 1.5 * bubbles * (1.0 + 0.2 * duty.turbulence)
        de, nde = self._velocity
        return (
            velocity(de, duty.speed, load, duty.structure, (2.6 * unbalance, 2.2 * angle, roar)),
            velocity(nde, duty.speed, load, duty.structure, (1.7 * unbalance, 1.1 * angle, roar)),
        )


def _operating_point(duty: Duty, severity: Mapping[str, Array]) -> tuple[Array, Array, Array]:
    """Flow through the pump, flow at the meter behind the leak, and head, each per unit."""
    n, cavitation = duty.speed, severity["cavitation"]
    leakage = np.minimum(0.42 * severity["leak"], 0.7)
    resistance = (1.0 - STATIC_HEAD) * (1.0 + 2.6 * severity["clogging"]) / duty.demand**2
    lost = 0.2 * cavitation * (1.0 + 0.15 * duty.turbulence)
    shut_off = SHUT_OFF * n**2 * (1.0 - lost)
    flow = np.sqrt(
        np.maximum(shut_off - STATIC_HEAD, 0.0) / (SHUT_OFF - 1.0 + resistance * (1.0 - leakage) ** 2)
    )
    return flow, (1.0 - leakage) * flow, shut_off - (SHUT_OFF - 1.0) * flow**2
