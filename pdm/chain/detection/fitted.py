"""What was fitted for a machine, or set for it, as parameters of the kernels."""

from collections.abc import Sequence

import numpy as np

from models import alarm, pattern
from pdm.chain.detection.scan import Array
from pdm.plant.budget import line_of
from pdm.plant.lookup import budget_of, pattern_of
from pdm.plant.spec import Limits, Plant
from pdm.records.log import Seat
from pdm.rules.delays import Delays, calm_level


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


def alarms(plant: Plant, seat: Seat, ruled: Sequence[tuple[Delays, Limits]]) -> Array:
    """Return how alarms of a machine begin and end, (width,): at the line of its budget, as rules say.

    ruled : for each channel its delays, and the limits that a deadband counts from
    """
    params = np.zeros(len(ruled), alarm.PARAM)
    params["line"] = line_of(budget_of(plant, seat.asset, seat.machine_class))
    for row, (delays, held) in zip(params, ruled, strict=True):
        row["on"] = _frames(delays.on_delay, plant.frame_ns)
        row["release"] = _frames(delays.off_delay, plant.frame_ns)
        row["calm"] = calm_level(delays.deadband, held) if delays.deadband else 0.0
    return params


def _frames(delay_ns: int | None, frame_ns: int) -> int:
    """Return a delay in frames, at least one; 0 where nobody says it."""
    return 0 if delay_ns is None else max(1, round(delay_ns / frame_ns))
