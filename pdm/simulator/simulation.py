"""The simulated plant as a stream of readings, chunk by chunk."""

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pdm.instant import NS
from pdm.simulator.catalogue import SIGNALS
from pdm.simulator.crew import Crew
from pdm.simulator.faults import plan
from pdm.simulator.fleet import Nameplate, fleet
from pdm.simulator.instruments import Instruments
from pdm.simulator.lag import Array
from pdm.simulator.scenario import CLASSES, Scenario
from pdm.simulator.truth import Nature, Truth
from pdm.simulator.visibility import observe


class Chunk(NamedTuple):
    """Some seconds of readings of the whole plant.

    start  : seconds since the start of the scenario
    time   : (seconds,) ns since the epoch
    values : per machine class (seconds, machines, signals), in the units and the order of `SIGNALS`
    """

    start: int
    time: NDArray[np.int64]
    values: dict[str, Array]


class Simulation:
    """A plant that runs through a scenario; each call of `chunks` begins anew."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.plates: tuple[Nameplate, ...] = fleet(scenario)

    @cached_property
    def truths(self) -> tuple[Truth, ...]:
        """What is truly wrong, with the second since when it can be seen."""
        return observe(self.scenario, plan(self.scenario))

    @property
    def readings(self) -> int:
        """How many readings the whole scenario has."""
        return self.scenario.duration_s * sum(len(SIGNALS[plate.machine_class]) for plate in self.plates)

    def chunks(self, seconds: int = 60) -> Iterator[Chunk]:
        """Run through the scenario; how it is cut changes no value."""
        planned = plan(self.scenario)
        crews = {name: Crew(self.scenario, name, planned) for name in CLASSES}
        panels = {name: self._instruments(crew, name, planned) for name, crew in crews.items()}
        for start in range(0, self.scenario.duration_s, seconds):
            length = min(seconds, self.scenario.duration_s - start)
            time = self.scenario.start_ns + np.arange(start, start + length, dtype=np.int64) * NS
            values = {name: panels[name].read(crew.advance(length)) for name, crew in crews.items()}
            yield Chunk(start, time, values)

    def _instruments(self, crew: Crew, name: str, truths: tuple[Truth, ...]) -> Instruments:
        lying = [
            (crew.rows[truth.asset], truth)
            for truth in truths
            if truth.nature is Nature.SENSOR and truth.asset in crew.rows
        ]
        return Instruments(self.scenario.draws("instruments", name), SIGNALS[name], lying)
