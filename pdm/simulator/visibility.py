"""Since when a fault can be seen at all: the same plant with and without it, compared."""

from collections.abc import Sequence

import msgspec
import numpy as np

from pdm.simulator.catalogue import SIGNALS, Signal
from pdm.simulator.crew import Crew
from pdm.simulator.lag import Array
from pdm.simulator.scenario import CLASSES, Scenario
from pdm.simulator.truth import Nature, Truth


def observe(scenario: Scenario, truths: Sequence[Truth]) -> tuple[Truth, ...]:
    """Fill in `visible` of each fault."""
    effects: dict[str, Array] = {}
    for name in CLASSES:
        crew = Crew(scenario, name, truths)
        faulty = crew.advance(scenario.duration_s)
        healthy = Crew(scenario, name, ()).advance(scenario.duration_s)
        size = np.abs(faulty - healthy) / allowance(healthy, SIGNALS[name])
        effects |= {
            plate.asset: size[:, row].max(axis=1)
            for plate, row in zip(crew.plates, range(size.shape[1]), strict=True)
        }
    return tuple(_seen(truth, effects[truth.asset], scenario) for truth in truths)


def origins(scenario: Scenario, truths: Sequence[Truth]) -> dict[str, str]:
    """Name the channel that each machine fault moves first by more than its allowance, by asset.

    Of channels that move in the same second, that which moves most; a fault that moves none has no origin.
    """
    found: dict[str, str] = {}
    for name in CLASSES:
        crew = Crew(scenario, name, truths)
        faulty = crew.advance(scenario.duration_s)
        healthy = Crew(scenario, name, ()).advance(scenario.duration_s)
        size = np.abs(faulty - healthy) / allowance(healthy, SIGNALS[name])
        for plate, row in zip(crew.plates, range(size.shape[1]), strict=True):
            seen = np.flatnonzero(size[:, row].max(axis=1) >= 1.0)
            if len(seen):
                found[plate.asset] = SIGNALS[name][int(np.argmax(size[seen[0], row]))].name
    return found


def allowance(value: Array, signals: Sequence[Signal]) -> Array:
    """What each signal may do without meaning anything, at this value; signals are on the last axis."""
    share, floor = (np.array([signal.allowance[part] for signal in signals]) for part in (0, 1))
    return np.asarray(share * np.abs(value) + floor)


def _seen(truth: Truth, effect: Array, scenario: Scenario) -> Truth:
    if truth.nature is Nature.SENSOR:
        return truth
    seen = np.flatnonzero(effect[truth.onset : scenario.duration_s] >= 1.0)
    return msgspec.structs.replace(truth, visible=truth.onset + int(seen[0])) if len(seen) else truth
