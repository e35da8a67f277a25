"""Electric motors that drive conveyors and mills: torque by demand, current by power and grid voltage."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.random import Generator

from pdm.simulator.duty import Duty
from pdm.simulator.electric import LINE_VOLTAGE, current_share, rated_current
from pdm.simulator.fleet import Nameplate
from pdm.simulator.heat import Bearing, Winding
from pdm.simulator.lag import Array
from pdm.simulator.vibration import velocity


class Motors:
    """All motors of the plant."""

    def __init__(self, plates: Sequence[Nameplate], rng: Generator) -> None:
        count = len(plates)
        self._rpm = np.array([plate.rated_rpm for plate in plates])
        self._amperes = rated_current(np.array([plate.power_kw for plate in plates]))
        self._use = rng.uniform(0.7, 0.88, count)
        self._velocity = rng.uniform(0.8, 1.2, (2, count))
        self._bearing, self._winding = Bearing(rng, count), Winding(rng, count)

    def respond(self, duty: Duty, severity: Mapping[str, Array]) -> Array:
        """Give all signals of `SIGNALS["motor"]`, (seconds, machines, signals), without instrument noise."""
        unbalance, angle = severity["imbalance"], severity["misalignment"]
        load = self._use * duty.demand * duty.speed * (1.0 + 0.03 * angle)
        voltage = 1.0 + 0.006 * duty.supply
        current = current_share(load, voltage) * duty.on
        de, nde = self._velocity
        signals = (
            velocity(de, duty.speed, load, duty.structure, (2.6 * unbalance, 2.4 * angle)),
            velocity(nde, duty.speed, load, duty.structure, (2.0 * unbalance, 1.1 * angle)),
            self._bearing.temperature(duty.ambient, duty.speed, load, 0.35 * angle),
            self._winding.temperature(duty.ambient, current, 1.4 * severity["overheating"]),
            self._amperes * current,
            LINE_VOLTAGE * voltage,
            self._rpm * duty.speed,
            100.0 * load,
        )
        return np.stack(signals, axis=2)
