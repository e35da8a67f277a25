"""The physics: affinity laws, heat that lags, and the signature of each fault."""

import numpy as np
import pytest
from numpy.typing import NDArray

from pdm.simulator.catalogue import SIGNALS
from pdm.simulator.crew import PHYSICS
from pdm.simulator.duty import Duty
from pdm.simulator.faults import MACHINE_FAULTS
from pdm.simulator.fleet import members
from pdm.simulator.lag import Lag, Wander
from pdm.simulator.scenario import Scenario

SCENARIO = Scenario(machines=10)
LONG_ENOUGH = 6000


def steady(seconds: int, machines: int, speed: float = 1.0) -> Duty:
    """An undisturbed duty at one speed."""
    flat = np.ones((seconds, machines))
    return Duty(speed * flat, flat, 20.0 * flat, 0.0 * flat, 0.0 * flat, 0.0 * flat)


def settled(name: str, fault: str = "", severity: float = 0.0, speed: float = 1.0) -> dict[str, float]:
    """Signals of the first machine of a class, when all heat has settled."""
    plates = members(SCENARIO, name)
    physics = PHYSICS[name](plates, SCENARIO.draws("sizes", name))
    severities = {kind: np.zeros((LONG_ENOUGH, len(plates))) for kind in MACHINE_FAULTS[name]}
    if fault:
        severities[fault][:] = severity
    out = physics.respond(steady(LONG_ENOUGH, len(plates), speed), severities)
    return dict(zip((signal.name for signal in SIGNALS[name]), out[-1, 0].tolist(), strict=True))


SIGNATURES = [
    ("pump", "imbalance", {"de-velocity": +1, "nde-velocity": +1}),
    ("pump", "misalignment", {"de-velocity": +1, "bearing-temperature": +1}),
    ("pump", "cavitation", {"suction-pressure": -1, "flow": -1, "discharge-pressure": -1, "de-velocity": +1}),
    ("pump", "clogging", {"flow": -1, "discharge-pressure": +1, "load": -1}),
    ("pump", "leak", {"flow": -1, "discharge-pressure": -1}),
    ("pump", "overheating", {"bearing-temperature": +1}),
    ("motor", "imbalance", {"de-velocity": +1, "nde-velocity": +1}),
    ("motor", "misalignment", {"de-velocity": +1, "bearing-temperature": +1}),
    ("motor", "overheating", {"winding-temperature": +1}),
    ("fan", "imbalance", {"de-velocity": +1, "nde-velocity": +1}),
    ("fan", "misalignment", {"de-velocity": +1, "bearing-temperature": +1}),
    ("fan", "clogging", {"flow": -1, "static-pressure": +1, "load": -1}),
    ("fan", "leak", {"flow": -1, "static-pressure": -1}),
    ("fan", "overheating", {"winding-temperature": +1}),
]


@pytest.mark.parametrize(("name", "fault", "moves"), SIGNATURES)
def test_each_fault_has_its_signature(name: str, fault: str, moves: dict[str, int]) -> None:
    """At textbook severity the telling channels move by 5 % or more, and in the right direction."""
    healthy, faulty = settled(name), settled(name, fault, 1.0)
    for channel, direction in moves.items():
        assert direction * (faulty[channel] / healthy[channel] - 1.0) > 0.05, channel


def test_every_fault_of_every_class_has_a_signature_here() -> None:
    """A new fault needs a line in the table above."""
    assert {(name, fault) for name, fault, _ in SIGNATURES} == {
        (name, fault) for name, faults in MACHINE_FAULTS.items() for fault in faults
    }


@pytest.mark.parametrize("name", ["pump", "motor", "fan"])
def test_columns_are_those_of_the_catalogue(name: str) -> None:
    """The physics of a class gives one column for each signal, and plausible values in it."""
    healthy = settled(name)
    assert healthy["speed"] > 900.0
    assert 60.0 < healthy["load"] < 100.0
    assert 0.5 < healthy["de-velocity"] < 2.3
    assert 35.0 < healthy["bearing-temperature"] < 65.0


def test_a_fan_obeys_the_affinity_laws() -> None:
    """Flow goes with speed, pressure with its square, power with its cube."""
    full, slow = settled("fan"), settled("fan", speed=0.9)
    assert slow["flow"] / full["flow"] == pytest.approx(0.9)
    assert slow["static-pressure"] / full["static-pressure"] == pytest.approx(0.81)
    assert slow["load"] / full["load"] == pytest.approx(0.729)


def test_a_pump_against_static_head_loses_more_flow_than_speed() -> None:
    """With a static head the flow falls faster than the speed, and vibration faster than both."""
    full, slow = settled("pump"), settled("pump", speed=0.9)
    assert slow["flow"] / full["flow"] < 0.9
    assert slow["de-velocity"] / full["de-velocity"] < 0.9**1.8


def test_pump_power_is_flow_times_pressure() -> None:
    """Hydraulic power at the rated point is 60 to 70 % of the nameplate: a usual efficiency."""
    healthy, plate = settled("pump"), members(SCENARIO, "pump")[0]
    hydraulic = healthy["flow"] * (healthy["discharge-pressure"] - healthy["suction-pressure"]) / 36.0
    assert 0.55 < hydraulic / plate.power_kw < 0.75


def test_a_lag_follows_its_time_constant() -> None:
    """63 % of a step after one time constant; it starts settled, wherever it is cut."""
    step = np.concatenate([np.zeros((1, 1)), np.ones((500, 1))])
    whole = Lag(100.0).follow(step)
    assert whole[0, 0] == 0.0
    assert whole[100, 0] == pytest.approx(1.0 - np.exp(-1.0))
    cut = Lag(100.0)
    pieces: NDArray[np.float64] = np.concatenate([cut.follow(step[:37]), cut.follow(step[37:])])
    assert np.array_equal(pieces, whole)


def test_a_wander_has_its_spread_and_forgets() -> None:
    """Standard deviation 1, and next to no memory after ten time constants."""
    walk = Wander(np.random.default_rng(1), 400, 20.0).walk(1000)
    assert walk.std() == pytest.approx(1.0, abs=0.05)
    assert abs(np.mean(walk[200:] * walk[:-200])) < 0.05
