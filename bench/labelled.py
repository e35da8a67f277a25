"""Machines with known faults as arrays for the kernels: simulated ones, and the runs of the rig."""

from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from models import components, watch
from models.pace import pace
from models.row import Array
from pdm.chain.detection.kit import Kit
from pdm.demo.expected import expected
from pdm.evaluate.folder import labelled, normal, times_and_labels
from pdm.evaluate.simulated import columns_of
from pdm.fitting.stretch import stretch
from pdm.plant.load import load, parse
from pdm.records.block import Channel
from pdm.records.log import Seat
from pdm.replay.layout import recognise
from pdm.replay.recording import Recording, assets_of
from pdm.simulator.plant_file import plant_file
from pdm.simulator.scenario import Scenario
from pdm.simulator.simulation import Simulation
from pdm.simulator.truth import Nature, Truth

GRACE_S = 60
"""An alarm this shortly after the end of a fault is still about it: what is damped comes late."""
SECOND = 1_000_000_000


class Case(NamedTuple):
    """One machine: (n, width) values in SI, frames since the one before, times in ns, labels, parameters."""

    name: str
    X: Array
    steps: Array
    times: Array
    labels: Array
    params: watch.Params
    traits: watch.Traits


def simulated(seed: int, machines: int = 40, duration_s: int = 5400) -> list[Case]:
    """Simulate a plant in which four machines of ten get a fault, with patterns fitted on another day."""
    scenario = Scenario(
        machines=machines, seed=seed, duration_s=duration_s, fault_share=0.4, sensor_share=0.0
    )
    quiet = msgspec.structs.replace(scenario, fault_share=0.0, early=0, day=1)
    simulation = Simulation(scenario)
    kit = Kit(parse(plant_file(scenario, expected(scenario)), "the simulated plant"))
    healthy, values = _values(Simulation(quiet)), _values(simulation)
    sick = {t.asset for t in Simulation(quiet).truths}
    truths = {t.asset: t for t in simulation.truths if t.nature is Nature.MACHINE}
    seconds = np.arange(duration_s)
    cases = []
    for plate in simulation.plates:
        channels, X = values[plate.asset]
        seat = Seat("", plate.asset, plate.machine_class)
        params, traits = kit.params(seat, channels), kit.traits(seat, channels)
        if plate.asset not in sick:
            _put_pattern(params, healthy[plate.asset][1])
        labels, times = _labels(truths.get(plate.asset), seconds), scenario.start_ns + seconds * SECOND
        cases.append(Case(plate.asset, X, np.ones_like(seconds), times, labels, params, traits))
    return cases


def _labels(truth: Truth | None, seconds: Array) -> Array:
    """Mark the seconds of a fault that can be seen."""
    if truth is None or truth.visible is None:
        return np.zeros(len(seconds), np.bool_)
    return np.asarray((seconds >= truth.onset) & (seconds < truth.end + GRACE_S))


def rig(folder: Path) -> list[Case]:
    """Read the labelled runs of the rig and its normal stream, on which the pattern is fitted."""
    plant, stream = load(None), normal(folder)
    kit, paths = Kit(plant), [*labelled(folder), *([stream] if stream else [])]
    cases = []
    for path, asset in zip(paths, assets_of(paths), strict=True):
        of = stretch(plant, Recording(asset, path, recognise(path)))
        times, labels = times_and_labels(path)
        seat, channels = Seat("", asset, of.machine_class), list(of.channels)
        steps = np.concatenate([[1], np.diff(times) // SECOND])
        params, traits = kit.params(seat, channels), kit.traits(seat, channels)
        cases.append(Case(f"{path.parent.name}/{asset}", of.X, steps, times, labels, params, traits))
    if stream:
        for case in cases:
            _put_pattern(case.params, cases[-1].X)
    return cases


def _put_pattern(params: watch.Params, X: Array) -> None:
    """Fit the pattern on a healthy recording of the machine and put it in."""
    Z = components.deviations(X, params.drift, pace())
    found = components.fit(Z)
    params.pattern["scale"], params.pattern["loading"] = found.scales, found.loadings
    params.pattern["precision"], params.pattern["beside"] = found.precisions, found.beside


def _values(simulation: Simulation) -> dict[str, tuple[list[Channel], Array]]:
    """Run through a scenario: the channels of each machine, sorted, and (seconds, width) values in SI."""
    blocks: dict[str, list[Array]] = {}
    names: dict[str, list[Channel]] = {}
    for chunk in simulation.chunks(600):
        for machine_class in chunk.values:
            columns = columns_of(simulation, chunk, machine_class)
            order = sorted(range(len(columns.channels)), key=columns.channels.__getitem__)
            shape = (len(chunk.time), len(columns.assets), len(columns.channels))
            cube = columns.value.reshape(shape)[:, :, order]
            for row, asset in enumerate(columns.assets):
                blocks.setdefault(asset, []).append(cube[:, row])
                names[asset] = [columns.channels[k] for k in order]
    return {asset: (names[asset], np.concatenate(some)) for asset, some in blocks.items()}
