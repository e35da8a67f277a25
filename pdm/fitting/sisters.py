"""What the machines of a class have in common before one is known: how far each channel wanders in health.

The level of a machine is its own, and so is nothing that is learnt here: a new machine finds its baselines
itself, but it knows from the start how far they are to be trusted.
"""

from collections.abc import Iterable, Mapping

import numpy as np

from models.components import deviations
from pdm.chain.detection.kit import Kit
from pdm.fitting.stretch import Array, Stretch
from pdm.plant.spec import Allowance, Plant, Sisters
from pdm.records.log import Seat

FEWEST = 2
"""Machines of a class that are sisters to a new one."""
FRAMES = 1_800
"""Judged seconds of a channel that show how far it wanders: some memories of its baseline."""


def sisters(plant: Plant, healthy: Iterable[Stretch]) -> Mapping[str, Sisters]:
    """Learn from healthy recordings, class by class; a class with fewer than FEWEST machines has no sisters.

    The machine that wanders most counts, channel by channel: a new one is not expected to be better.
    """
    kit, found = Kit(plant), dict[str, dict[str, dict[str, Allowance]]]()
    for one in healthy:
        if one.machine_class:
            found.setdefault(one.machine_class, {})[one.asset] = wander(kit, one)
    return {
        name: Sisters(tuple(sorted(machines)), most)
        for name, machines in sorted(found.items())
        if len(machines) >= FEWEST and (most := _most(machines))
    }


def wander(kit: Kit, of: Stretch) -> dict[str, Allowance]:
    """Return how far the channels of one machine wander about their baselines, in root mean square.

    As a share of the usual value where the allowance is one too, else in SI; a channel without an allowance,
    or that was judged for too short a time, is not there.
    """
    params = kit.params(Seat("", of.asset, of.machine_class), list(of.channels)).drift.copy()
    params["wander"], params["ready"] = 0.0, 0
    found = {}
    for place, channel in enumerate(of.channels):
        off = deviations(of.X[:, place : place + 1], params[place : place + 1], kit.pace)
        if len(off) < FRAMES * 1e9 / kit.plant.frame_ns:
            continue
        size, usual = float(np.sqrt(np.mean(off**2))), _usual(of.X[:, place])
        relative = params["relative"][place] > 0.0 and usual > 0.0
        found[channel.name] = Allowance(relative=size / usual) if relative else Allowance(absolute=size)
    return found


def _usual(x: Array) -> float:
    return float(np.nanmedian(np.abs(x)))


def _most(machines: Mapping[str, Mapping[str, Allowance]]) -> dict[str, Allowance]:
    """Take the largest wander of each channel that FEWEST machines have shown in the same way."""
    shown: dict[tuple[str, bool], list[Allowance]] = {}
    for channels in machines.values():
        for name, one in channels.items():
            shown.setdefault((name, one.relative > 0.0), []).append(one)
    return {
        name: max(some, key=lambda one: (one.relative, one.absolute))
        for (name, _), some in sorted(shown.items())
        if len(some) >= FEWEST
    }
