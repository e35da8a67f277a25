"""What a new machine gains from its sisters: how soon it sees a fault, and its alarms in the first hour.

Sisters are the healthy machines of one simulated plant; new are those of others, which the plant file does
not name. A fault is all vibration of a machine growing by GROWN at one instant, soon after its first frame.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from msgspec import Struct, structs

from pdm.chain.detection.kit import Kit
from pdm.evaluate.healthy import of_scenario, upper
from pdm.evaluate.judging import judge, log_of
from pdm.evaluate.material import Progress
from pdm.evaluate.signals import Signals
from pdm.fitting.sisters import sisters as learnt_from
from pdm.fitting.stretch import Stretch
from pdm.instant import nanoseconds
from pdm.plant.load import parse
from pdm.plant.spec import Plant
from pdm.records.event import MACHINE, Event, Kind
from pdm.simulator.plant_file import plant_file
from pdm.simulator.scenario import Scenario

GROWN = 1.5
"""A clear imbalance; beyond the allowance of the simulated plants, and within the limits of most machines."""
ONSETS_S = (30, 45, 60, 75, 90, 105, 120)
"""Seconds after the first frame of the machine."""
WITHIN_S = 60
HOUR_S = 3_600
KNOWN_S = 2 * HOUR_S
"""How long sisters have been known."""


class Start(Struct, frozen=True):
    """How machines do in their first minutes and their first hour.

    seen_of_each      : by onset in s, the share of faults told within a minute, by a baseline
    seen              : of all
    false_alarms      : raises in the first hour of `hours` healthy machine-hours
    upper_95          : their one-sided 95 % bound a machine-hour (Poisson)
    """

    seen_of_each: dict[int, float]
    seen: float
    false_alarms: int
    hours: float
    upper_95: float


class Gain(Struct, frozen=True):
    """New machines by themselves, and with what their sisters have shown."""

    sisters: int
    machines: int
    alone: Start
    with_sisters: Start


def gain(seeds: Sequence[int], machines: int = 13, progress: Progress = lambda _line: None) -> Gain:
    """Learn from the first plant, and start the machines of the others."""
    known = _plant(seeds[0], machines, KNOWN_S)
    plant = structs.replace(parse(plant_file(known), "simulated"), machines={})
    healthy = [Stretch(one.asset, one.machine_class, one.channels, one.values) for one in of_scenario(known)]
    taught = taught_by(plant, healthy)
    new = [
        structs.replace(one, asset=f"{one.asset}-of-{seed}")
        for seed in seeds[1:]
        for one in of_scenario(_plant(seed, machines, HOUR_S))
    ]
    starts = []
    for name, one in (("alone", plant), ("with sisters", taught)):
        progress(f"{len(new)} new machines, {name}")
        starts.append(start(one, new))
    return Gain(len(healthy), len(new), *starts)


def taught_by(plant: Plant, healthy: Iterable[Stretch]) -> Plant:
    """Return the plant with what the machines of each class have shown."""
    learnt = learnt_from(plant, healthy)
    classes = {name: structs.replace(one, sisters=learnt.get(name)) for name, one in plant.classes.items()}
    return structs.replace(plant, classes=classes)


def start(plant: Plant, new: Sequence[Signals], onsets: Sequence[int] = ONSETS_S) -> Start:
    """Start every machine once in health, and once with each onset."""
    kit = Kit(plant)
    quiet = [_raises(one, plant, kit) for one in new]
    seen = {onset: float(np.mean([_is_seen(one, onset, plant, kit) for one in new])) for onset in onsets}
    count, hours = sum(len(some) for some in quiet), sum(len(one) for one in new) / HOUR_S
    return Start(seen, float(np.mean(list(seen.values()))), count, hours, upper(count) / hours)


def shaken(signals: Signals, onset_s: int, grown: float = GROWN) -> Signals:
    """Let all vibration of a machine grow at one instant."""
    values = signals.values.copy()
    columns = [place for place, one in enumerate(signals.channels) if one.quantity == "vibration"]
    values[onset_s:, columns] *= grown
    return signals.with_values(values)


def _is_seen(signals: Signals, onset_s: int, plant: Plant, kit: Kit) -> bool:
    short = shaken(signals, onset_s).cut(0, onset_s + WITHIN_S + 1)
    begin = signals.times[onset_s]
    return any(
        event.cause == "drift" and nanoseconds(event.raised) >= begin for event in _raises(short, plant, kit)
    )


def _raises(signals: Signals, plant: Plant, kit: Kit) -> list[Event]:
    found = judge(signals, log_of(signals, plant), kit)
    return [event for event in found.events if event.kind is Kind.RAISE and event.subject == MACHINE]


def _plant(seed: int, machines: int, seconds: int) -> Scenario:
    return Scenario(machines, seed, seconds, fault_share=0.0, sensor_share=0.0, early=0)
