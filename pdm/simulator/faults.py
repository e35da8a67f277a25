"""Which machines get which fault, when, and how it grows."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.random import Generator

from pdm.simulator.fleet import Nameplate, fleet
from pdm.simulator.lag import Array
from pdm.simulator.scenario import Scenario
from pdm.simulator.truth import Nature, Truth

MACHINE_FAULTS = {
    "pump": ("imbalance", "cavitation", "clogging", "misalignment", "leak", "overheating"),
    "motor": ("misalignment", "overheating", "imbalance"),
    "fan": ("clogging", "imbalance", "leak", "overheating", "misalignment"),
}
SENSOR_FAULTS = {
    "stuck": {"pump": "suction-pressure", "motor": "winding-temperature", "fan": "static-pressure"},
    "drifting": {"pump": "discharge-pressure", "motor": "bearing-temperature", "fan": "bearing-temperature"},
}
PASSING = frozenset({"cavitation", "clogging", "leak"})
"""Faults that can be put right while it runs: a tank filled, a strainer changed over, a valve shut."""

PASSES, LASTS_S, EARLIEST_S = 0.6, 240, 330
EARLY_ONSET_S, EARLY_GROWTH_S, EARLY_SEVERITY = 170, 40, 1.5
VANISH_S = 30.0


def plan(scenario: Scenario) -> tuple[Truth, ...]:
    """Plant the faults: machine faults first, the early ones in front; no machine gets two."""
    rng = scenario.draws("faults")
    wanted = max(1, round(scenario.fault_share * scenario.machines))
    lying = round(scenario.sensor_share * scenario.machines)
    plates = list(fleet(scenario))
    order = _interleave([plates[index] for index in rng.permutation(len(plates))])
    machine = [
        _machine_fault(scenario, rng, plate, kind, early=index < scenario.early)
        for index, (plate, kind) in enumerate(_pair(order[:wanted]))
    ]
    sensor = [
        _sensor_fault(scenario, rng, plate, ("stuck", "drifting")[index % 2])
        for index, plate in enumerate(order[wanted : wanted + lying])
    ]
    return (*machine, *sensor)


def severity(truth: Truth, start: int, seconds: int) -> Array:
    """How severe a fault is, second by second from `start`: grows bent upwards, then holds, then vanishes."""
    time = np.arange(start, start + seconds, dtype=np.float64)
    grown = np.clip((time - truth.onset) / max(1, truth.grown - truth.onset), 0.0, 1.0) ** 1.5
    left = np.clip(1.0 - (time - truth.end) / VANISH_S, 0.0, 1.0)
    return truth.severity * grown * left


def _interleave(plates: Iterable[Nameplate]) -> list[Nameplate]:
    """Order machines so that the classes take turns."""
    places: dict[str, int] = {}
    ranked = []
    for plate in plates:
        places[plate.machine_class] = places.get(plate.machine_class, -1) + 1
        ranked.append((places[plate.machine_class], plate))
    return [plate for _, plate in sorted(ranked, key=lambda pair: pair[0])]


def _pair(plates: Sequence[Nameplate]) -> Iterable[tuple[Nameplate, str]]:
    """Give each machine the next fault of its class, so that all kinds occur."""
    turns: dict[str, int] = {}
    for plate in plates:
        turn = turns.get(plate.machine_class, 0)
        turns[plate.machine_class] = turn + 1
        kinds = MACHINE_FAULTS[plate.machine_class]
        yield plate, kinds[turn % len(kinds)]


def _machine_fault(scenario: Scenario, rng: Generator, plate: Nameplate, fault: str, *, early: bool) -> Truth:
    latest = max(EARLIEST_S + 1, int(0.62 * scenario.duration_s))
    onset = int(rng.integers(min(EARLIEST_S, latest - 1), latest))
    growth = int(rng.uniform(0.09, 0.22) * min(1800, scenario.duration_s))
    strength, passes = float(rng.uniform(0.9, 1.3)), bool(rng.random() < PASSES)
    if early:
        onset, growth, strength, passes = EARLY_ONSET_S, EARLY_GROWTH_S, EARLY_SEVERITY, False
    over = onset + growth + LASTS_S if passes and fault in PASSING else scenario.duration_s
    end = min(over, scenario.duration_s)
    return Truth(plate.asset, Nature.MACHINE, fault, onset, onset + growth, end, round(strength, 3))


def _sensor_fault(scenario: Scenario, rng: Generator, plate: Nameplate, fault: str) -> Truth:
    onset = int(rng.integers(EARLIEST_S, max(EARLIEST_S + 1, int(0.5 * scenario.duration_s))))
    channel = SENSOR_FAULTS[fault][plate.machine_class]
    return Truth(plate.asset, Nature.SENSOR, fault, onset, onset, scenario.duration_s, 1.0, channel)
