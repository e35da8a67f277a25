"""Simulated readings as the JSON that integrators post, built a second at a time from one template."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pdm.instant import rfc3339
from pdm.simulator.catalogue import SIGNALS
from pdm.simulator.fleet import Nameplate
from pdm.simulator.simulation import Chunk

_TIME = "@"
"""Stands for the time in a template; no name or unit has it."""


class Group(NamedTuple):
    """Machines whose readings travel together, always in order.

    assets   : their names
    rows     : per machine class, their rows in a chunk
    template : the readings of one second, with places for the time and for each value
    """

    assets: tuple[str, ...]
    rows: dict[str, NDArray[np.int64]]
    template: str


def groups(plates: Sequence[Nameplate], count: int) -> tuple[Group, ...]:
    """Deal the machines out to `count` groups, or fewer where there are fewer machines."""
    count = min(count, len(plates))
    return tuple(_group(plates, frozenset(range(start, len(plates), count))) for start in range(count))


def body(group: Group, chunk: Chunk) -> bytes:
    """Write the readings of a group in one chunk as a JSON array, second by second."""
    parts = [chunk.values[name][:, rows].reshape(len(chunk.time), -1) for name, rows in group.rows.items()]
    seconds = zip(chunk.time.tolist(), np.concatenate(parts, axis=1).tolist(), strict=True)
    texts = (group.template.replace(_TIME, rfc3339(time)) % tuple(values) for time, values in seconds)
    return f"[{','.join(texts)}]".encode()


def _group(plates: Sequence[Nameplate], chosen: frozenset[int]) -> Group:
    rows: dict[str, list[int]] = {}
    seen: dict[str, int] = {}
    texts: dict[str, list[str]] = {}
    for place, plate in enumerate(plates):
        name, row = plate.machine_class, seen.get(plate.machine_class, 0)
        seen[name] = row + 1
        if place in chosen:
            rows.setdefault(name, []).append(row)
            texts.setdefault(name, []).append(_machine(plate))
    return Group(
        assets=tuple(plates[place].asset for place in sorted(chosen)),
        rows={name: np.array(found) for name, found in rows.items()},
        template=",".join(text for found in texts.values() for text in found),
    )


def _machine(plate: Nameplate) -> str:
    return ",".join(
        f'{{"asset":"{plate.asset}","channel":"{signal.name}","quantity":"{signal.quantity}",'
        f'"unit":"{signal.unit.replace("%", "%%")}","time":"{_TIME}","value":%.{signal.decimals}f}}'
        for signal in SIGNALS[plate.machine_class]
    )
