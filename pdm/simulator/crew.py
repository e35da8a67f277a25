"""All machines of one class with their duty: physics without instruments."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.random import Generator

from pdm.simulator.duty import Duties, Duty
from pdm.simulator.fan import Fans
from pdm.simulator.faults import MACHINE_FAULTS, severity
from pdm.simulator.fleet import Nameplate, members
from pdm.simulator.lag import Array
from pdm.simulator.motor import Motors
from pdm.simulator.pump import Pumps
from pdm.simulator.scenario import Scenario
from pdm.simulator.truth import Nature, Truth


class Physics(Protocol):
    """What a file of one machine class gives."""

    def respond(self, duty: Duty, severity: Mapping[str, Array]) -> Array:
        """Give (seconds, machines, signals) in the units of the catalogue."""


PHYSICS: dict[str, Callable[[Sequence[Nameplate], Generator], Physics]] = {
    "pump": Pumps,
    "motor": Motors,
    "fan": Fans,
}


class Crew:
    """The machines of one class, second by second.

    truths : the faults to simulate; those of other classes and of sensors are passed over
    """

    def __init__(self, scenario: Scenario, machine_class: str, truths: Sequence[Truth]) -> None:
        self.plates = members(scenario, machine_class)
        self.rows = {plate.asset: row for row, plate in enumerate(self.plates)}
        self._faults = [t for t in truths if t.nature is Nature.MACHINE and t.asset in self.rows]
        self._kinds, self._now = MACHINE_FAULTS[machine_class], 0
        self._duties = Duties(scenario, machine_class, len(self.plates))
        self._physics = PHYSICS[machine_class](self.plates, scenario.draws("sizes", machine_class))

    def advance(self, seconds: int) -> Array:
        """Go on for some seconds: the true values, (seconds, machines, signals)."""
        severities = {kind: np.zeros((seconds, len(self.plates))) for kind in self._kinds}
        for truth in self._faults:
            severities[truth.fault][:, self.rows[truth.asset]] = severity(truth, self._now, seconds)
        self._now += seconds
        return self._physics.respond(self._duties.advance(seconds), severities)
