"""What a sensor is judged by: its range, the units its values could be mistaken for, and what shows alone."""

from itertools import permutations

import numpy as np

from models import sensor
from pdm.chain.detection.scan import Array
from pdm.plant.spec import Allowance, ChannelSpec
from pdm.records.block import Channel
from pdm.units import to_si

UP, DOWN = 1, 2

ALONE = {
    "vibration": UP,
    "temperature": UP,
    "pressure": DOWN,
    "flow": DOWN,
    "level": DOWN,
    "voltage": UP | DOWN,
}
"""Directions in which a failure mode of a machine may show in one quantity and no other.

Those are the symptoms that make most of the picture of a mode of the knowledge base. Nothing cools down,
calms down or speeds up alone because it is ill.
"""

TWINS = {"load": 1, "torque": 1, "current": -1, "power": -1}
"""Quantities that say the same of a machine. The positive ones never move without a negative one; those
do, with the voltage.
"""

UNITS = {
    "m/s": ("vibration", ("mm/s", "in/s", "m/s")),
    "m/s2": ("vibration", ("m/s2", "g", "mg")),
    "m": ("vibration", ("um", "mil", "mm", "m")),
    "Pa": ("pressure", ("bar", "psi", "kPa", "MPa", "mbar", "Pa")),
    "m3/s": ("flow", ("m3/h", "l/min", "l/s", "gpm", "m3/s")),
    "Hz": ("speed", ("rpm", "Hz", "rad/s")),
    "1": ("load", ("%", "1")),
    "A": ("current", ("A", "mA")),
    "V": ("voltage", ("V", "mV", "kV")),
    "W": ("power", ("kW", "W", "MW")),
    "K": ("temperature", ("degC", "degF", "K")),
}
"""By SI unit: a quantity, and the units in which plants and instruments give it."""

LEAST = 2.0
"""Units that are nearer to each other than this factor are not told apart: a machine may do as much."""


def conversions(si_unit: str) -> list[tuple[float, float]]:
    """List what becomes of an SI value whose number was taken for one in another unit: gain and offset."""
    quantity, units = UNITS[si_unit]
    found = set()
    for true, taken in permutations(units, 2):
        (_, scale, offset), (_, other, shift) = to_si(quantity, true), to_si(quantity, taken)
        gain = other / scale
        if si_unit == "K" or not 1.0 / LEAST < gain < LEAST:
            found.add((float(f"{gain:.12g}"), float(f"{shift - gain * offset:.12g}")))
    return sorted(found)


def _table() -> tuple[dict[str, int], Array]:
    """Return the place of each SI unit in the table, 0 for none, and the table."""
    each = {unit: conversions(unit) for unit in UNITS}
    table = np.zeros((len(each) + 1, max(map(len, each.values())), 2))
    for place, pairs in enumerate(each.values(), start=1):
        table[place, : len(pairs)] = pairs
    return {unit: place for place, unit in enumerate(each, start=1)}, table


PLACES, SWAPS = _table()
"""Conversions by SI unit, (groups, n, 2): gain and offset, gain 0 for none."""


def sensor_param(channel: Channel, spec: ChannelSpec | None, allowance: Allowance | None) -> Array:
    """Return the parameters of one sensor, (1,)."""
    param = np.zeros(1, sensor.PARAM)
    moves, bounds = allowance or Allowance(), (spec.valid if spec else None) or (np.nan, np.nan)
    param["relative"], param["absolute"] = moves.relative, moves.absolute
    param["lowest"], param["highest"] = bounds
    param["swaps"], param["alone"] = PLACES.get(channel.unit, 0), ALONE.get(channel.quantity, 0)
    param["twin"], param["judged"] = TWINS.get(channel.quantity, 0), 1
    return param
