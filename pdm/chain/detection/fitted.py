"""What was fitted for a machine, or set for it, as parameters of the kernels."""

from collections.abc import Sequence

import numpy as np

from models import alarm, pattern
from pdm.chain.detection.scan import Array
from pdm.plant.budget import line_of
from pdm.plant.lookup import budget_of, pattern_of
from pdm.plant.spec import Plant
from pdm.records.log import Seat


def patterns(plant: Plant, seat: Seat, names: Sequence[str]) -> Array:
    """Return the pattern of a machine, (width,); all zero where none fits its channels."""
    params, found = np.zeros(len(names), pattern.PARAM), pattern_of(plant, seat.asset, seat.machine_class)
    if found is None or not set(found.scales) <= set(names):
        return params
    n = len(found.precisions)
    params["precision"][:, :n], params["beside"] = found.precisions, found.beside
    for name, scale in found.scales.items():
        row = params[names.index(name)]
        row["scale"], row["loading"][:n] = scale, found.loadings[name]
    return params


def alarms(plant: Plant, seat: Seat, names: Sequence[str]) -> Array:
    """Return how alarms of a machine begin and end, (width,): the usual way, at the line of its budget."""
    params = np.zeros(len(names), alarm.PARAM)
    params["line"] = line_of(budget_of(plant, seat.asset, seat.machine_class))
    return params
