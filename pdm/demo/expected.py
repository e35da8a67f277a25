"""What the motors of the simulated plant let expect, fitted on another day on which nothing was wrong.

Motors alone: what a conveyor asks of its motor comes from outside, so speed and load are drivers. The load
of a pump or a fan is an answer: it falls when a filter clogs, and would explain the fault away.
"""

from collections.abc import Mapping

import msgspec
import numpy as np

from models import expectation
from models.pace import pace
from models.row import Array
from pdm.fitting.written import tables
from pdm.plant.spec import Expected
from pdm.simulator.catalogue import SIGNALS
from pdm.simulator.crew import Crew
from pdm.simulator.instruments import Instruments
from pdm.simulator.scenario import Scenario
from pdm.units import to_si

MACHINE_CLASS = "motor"
RESPONDERS = {
    "de-velocity": ("speed", "load"),
    "nde-velocity": ("speed", "load"),
    "current": ("load", "voltage"),
}
"""What an engineer who knows these machines would say; `pdmctl fit` finds it out."""
SECONDS = 7200
"""Long against the slowest wander of the plant, some minutes, or the line would be drawn too near."""


def expected(scenario: Scenario) -> Mapping[str, str]:
    """Fit the motors of a scenario; returns tables of TOML by asset, empty where there is no motor."""
    healthy = msgspec.structs.replace(scenario, duration_s=SECONDS, day=scenario.day + 1, stops=0)
    crew = Crew(healthy, MACHINE_CLASS, ())
    if not crew.plates:
        return {}
    signals = SIGNALS[MACHINE_CLASS]
    panel = Instruments(healthy.draws("instruments", MACHINE_CLASS), signals, ())
    values = np.concatenate([panel.read(crew.advance(600)) for _ in range(SECONDS // 600)])
    for place, signal in enumerate(signals):
        _, scale, offset = to_si(signal.quantity, signal.unit)
        values[:, :, place] = values[:, :, place] * scale + offset
    return {asset: tables(_machine(values[:, row])) for asset, row in crew.rows.items()}


def _machine(X: Array) -> dict[str, Expected]:
    """Fit one machine. X : (seconds, signals) in SI."""
    place = {signal.name: column for column, signal in enumerate(SIGNALS[MACHINE_CLASS])}
    return {
        name: _channel(X[:, place[name]], X[:, [place[one] for one in drivers]], drivers)
        for name, drivers in RESPONDERS.items()
    }


def _channel(y: Array, D: Array, drivers: tuple[str, ...]) -> Expected:
    smooth = pace().smooth
    law = expectation.fit(expectation.sample(y, D, smooth), range(len(drivers)))
    return Expected(
        drivers=drivers,
        centre=law.centre,
        coefficients=tuple(law.coefficients.tolist()),
        offsets=tuple(law.offsets.tolist()),
        scale=expectation.line(y, D, law, smooth),
    )
