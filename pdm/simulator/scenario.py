"""A scenario: everything that decides what the simulated plant does; the same value, the same bytes."""

import numpy as np
from msgspec import Struct
from numpy.random import Generator

from pdm.instant import NS

CLASSES = ("pump", "motor", "fan")
"""The machine classes, in the order in which they take part in every draw."""

SHORTEST_S = 600
"""Below this there is no room for a baseline, an onset and a growth."""


LASTING = frozenset({"nameplates", "sizes", "hall"})
"""Purposes whose draws are the machines themselves, and so the same on every day."""


class Scenario(Struct, frozen=True):
    """A plant of `machines` for `duration_s` seconds from `start_ns`, one reading a second and channel.

    fault_share  : part of the machines that get one machine fault
    sensor_share : part of the machines, others, that get one sensor fault
    early        : this many of the machine faults come early and clear, so that a watcher sees one soon
    day          : another day of the same machines: the same sizes, other duties, wanders and noise
    stops        : how often each machine is switched off and on again
    """

    machines: int = 50
    seed: int = 1
    duration_s: int = 1800
    start_ns: int = 1_767_225_600 * NS
    fault_share: float = 0.36
    sensor_share: float = 0.12
    early: int = 2
    day: int = 0
    stops: int = 0

    def __post_init__(self) -> None:
        if self.machines < 1:
            raise ValueError(f"a plant needs a machine, not {self.machines}")
        if self.duration_s < SHORTEST_S:
            raise ValueError(f"{self.duration_s} s are too short: at least {SHORTEST_S} s")
        if self.fault_share + self.sensor_share > 1.0:
            raise ValueError("a machine gets one fault: the two shares exceed 1")

    def draws(self, purpose: str, machine_class: str = "") -> Generator:
        """Give the random stream of one purpose, independent of every other."""
        words = [self.seed, *purpose.encode(), 0, *machine_class.encode()]
        if self.day and purpose not in LASTING:
            words += [0, self.day]
        return np.random.default_rng(np.random.SeedSequence(words))
