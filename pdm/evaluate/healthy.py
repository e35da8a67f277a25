"""Healthy simulated plants over many machine-days: how often there is an alarm that nobody deserves."""

import math
from collections.abc import Iterator

import numpy as np
from msgspec import Struct

from pdm.chain.detection.kit import Kit
from pdm.demo.expected import expected
from pdm.evaluate.material import Progress, logged
from pdm.evaluate.signals import Signals
from pdm.plant.load import parse
from pdm.records.block import Channel
from pdm.simulator.catalogue import SIGNALS
from pdm.simulator.faults import plan
from pdm.simulator.plant_file import plant_file
from pdm.simulator.scenario import CLASSES, Scenario
from pdm.simulator.simulation import Simulation
from pdm.units import to_si

MACHINES, HOURS, DAYS = 41, 4, 5
"""Of each plant; 40 of its machines are healthy for 4 hours on 5 days, 33 machine-days."""


class Healthy(Struct, frozen=True):
    """Alarms where nothing is wrong.

    upper_95 : one-sided 95 % bound of the alarms per machine-day, if alarms are independent (Poisson)
    """

    machine_days: float
    alarms: int
    alarms_per_machine_day: float
    alarms_per_machine_day_upper_95: float
    percent_time_in_alarm: float
    machines_with_an_alarm: int


def healthy(seed: int = 11, days: int = DAYS, progress: Progress = lambda _line: None) -> Healthy:
    """Judge the healthy machines of a simulated plant by its own plant file, day after day."""
    rows = alarmed = alarms = machines = 0
    for day in range(1, days + 1):
        progress(f"healthy plant, day {day}/{days}")
        scenario = quiet(seed, day)
        plant = parse(plant_file(scenario, expected(scenario)), "simulated")
        kit = Kit(plant)
        for signals in (one for one in of_scenario(scenario) if not one.group):
            run = logged(signals, plant).judge(kit).run
            rows, alarms = rows + len(signals), alarms + len(run.alarms)
            alarmed, machines = alarmed + int(run.alarmed().sum()), machines + bool(run.alarms)
    total = rows / 86_400
    return Healthy(total, alarms, alarms / total, upper(alarms) / total, 100.0 * alarmed / rows, machines)


def quiet(seed: int, day: int = 0, machines: int = MACHINES, hours: int = HOURS) -> Scenario:
    """Make a scenario in which one machine alone has a fault; nobody looks at that one."""
    return Scenario(machines, seed, hours * 3600, fault_share=0.0, sensor_share=0.0, early=0, day=day)


def of_scenario(scenario: Scenario) -> Iterator[Signals]:
    """Give the signals of all machines of a scenario in SI, labelled; `group` is the fault, "" if healthy."""
    simulation = Simulation(scenario)
    truths = {truth.asset: truth for truth in plan(scenario)}
    chunks = list(simulation.chunks(600))
    times = np.concatenate([chunk.time for chunk in chunks])
    for name in CLASSES:
        values = np.concatenate([chunk.values[name] for chunk in chunks])
        plates = [plate for plate in simulation.plates if plate.machine_class == name]
        kinds = [to_si(signal.quantity, signal.unit) for signal in SIGNALS[name]]
        channels = tuple(
            Channel(signal.name, signal.quantity, kind[0])
            for signal, kind in zip(SIGNALS[name], kinds, strict=True)
        )
        scale, offset = (np.array([kind[part] for kind in kinds], np.float64) for part in (1, 2))
        for row, plate in enumerate(plates):
            truth = truths.get(plate.asset)
            labels = np.zeros(len(times), np.bool_)
            if truth is not None:
                labels[truth.onset : truth.end] = True
            group = truth.fault if truth else ""
            yield Signals(plate.asset, name, channels, times, values[:, row] * scale + offset, labels, group)


def upper(count: int, level: float = 0.95) -> float:
    """Return the one-sided upper bound of a Poisson mean of which `count` were seen (Garwood 1936)."""
    low, high = 0.0, 2.0 * count + 20.0
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if _at_most(count, middle) > 1.0 - level else (low, middle)
    return high


def _at_most(count: int, mean: float) -> float:
    """Return the probability that a Poisson number is at most `count`."""
    return math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1.0)) for k in range(count + 1))
