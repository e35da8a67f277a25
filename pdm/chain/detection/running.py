"""Which channels of a machine tell whether it runs, and where the line of rest is for each."""

from collections.abc import Sequence

import numpy as np

from models import running
from models.row import Array
from pdm.records.block import Channel

WITNESSES = ("speed", "load", "current")
"""Quantities that tell, the most trusted one first; vibration does where a machine has none of these."""

REST = {
    "speed": (0.5, 0.05),
    "load": (0.02, 0.05),
    "current": (0.05, 0.1),
    "m/s": (5e-5, 0.2),
    "m/s2": (0.05, 0.2),
    "m": (1e-6, 0.2),
}
"""Quantity, or SI unit of a vibration -> the line of rest in its SI unit, and as a share of the usual value.

A motor that idles draws a quarter of its current at least; what shakes a resting machine are its
neighbours, with a tenth of what it does itself.
"""

RUNS_LOW = frozenset({"vibration", "pressure", "flow", "speed", "load", "current", "power", "torque"})
"""Quantities that are low, rightly, in a machine at rest."""
RUNS_HIGH = frozenset({"vibration", "load", "current", "power", "torque"})
"""Quantities that are high, rightly, as a machine starts."""


def limits_that_mean_running(quantity: str) -> int:
    """Say which limits of a quantity hold only for a machine that runs, as in `models.limits.PARAM`."""
    return int(quantity in RUNS_LOW) + 2 * int(quantity in RUNS_HIGH)


def trait(channels: Sequence[Channel], named: Sequence[str] | None = None) -> Array:
    """Return what a machine with these channels is asked by, (1,) of `models.running.TRAIT`.

    named : channels that tell, in order of trust, as the plant file says; the usual ones where it is silent
    """
    told = np.zeros(1, running.TRAIT)
    witnesses = _named(channels, named) if named is not None else _usual(channels)
    for k, place in enumerate(witnesses[: running.WITNESSES]):
        told["witness"][0, k] = place
        told["rest"][0, k], told["share"][0, k] = _rest(channels[place])
        told["witnesses"] = k + 1
    drives = [place for place in witnesses if channels[place].quantity == "speed"]
    told["drive"] = drives[0] + 1 if drives else 0
    return told


def _named(channels: Sequence[Channel], named: Sequence[str]) -> list[int]:
    """Find the channels that the plant file names and the machine has."""
    places = {channel.name: place for place, channel in enumerate(channels)}
    return [places[name] for name in named if name in places]


def _usual(channels: Sequence[Channel]) -> list[int]:
    """Find the channels that usually tell."""
    for quantities in (WITNESSES, ("vibration",)):
        found = [i for quantity in quantities for i, c in enumerate(channels) if c.quantity == quantity]
        if found:
            return found
    return []


def _rest(channel: Channel) -> tuple[float, float]:
    """Return the line of rest of a channel; 0 for a quantity of which nothing is known."""
    return REST.get(channel.quantity) or REST.get(channel.unit) or (0.0, 0.05)
