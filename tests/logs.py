"""A simulated plant's ordered log, made of plain rows; rows can be cut into records anywhere."""

import hashlib

import msgspec
import numpy as np
from msgspec import Raw

from pdm.records.block import Channel
from pdm.records.log import Frames, LogRecord, PlantChange, Seat

GRID = 1_000_000_000
START = 1_700_000_000 * GRID
CHANNELS = [
    Channel("current", "current", "A"),
    Channel("de-velocity", "vibration", "m/s"),
    Channel("oil-temperature", "temperature", "K"),
]
PLANT = """
[plant]
name = "test"
[classes.pump.channels.de-velocity]
quantity = "vibration"
unit = "mm/s"
limits = { high = 4.5, high_high = 7.1 }
"""

LogRow = tuple[str, int, tuple[tuple[int, float], ...]]
"""asset, second, cells of (channel, value)"""


def rows(machines: int, seconds: int, seed: int, fault_at: int | None = None) -> list[LogRow]:
    """Make rows, second by second; from `fault_at` on the first machine vibrates more and more."""
    rng = np.random.default_rng(seed)
    found: list[LogRow] = []
    for second in range(seconds):
        for m in range(machines):
            values = np.array([8.0, 2.0e-3, 330.0]) * (1 + 0.004 * rng.standard_normal(3))
            if fault_at is not None and m == 0 and second >= fault_at:
                values[1] *= 1.0 + 0.02 * (second - fault_at)
            present = rng.random(3) < 0.97
            found.append((f"pump-{m}", second, tuple((c, float(values[c])) for c in range(3) if present[c])))
    return found


def plant_change(toml: str = PLANT) -> PlantChange:
    """Return the record that brings a plant file into the log."""
    return PlantChange(hashlib.sha256(toml.encode()).hexdigest(), toml)


def frames(part: list[LogRow]) -> Frames:
    """Write rows as one record of the log."""
    assets = sorted({row[0] for row in part})
    used = sorted({cell[0] for row in part for cell in row[2]})
    cells = [cell for row in part for cell in row[2]]
    return Frames(
        channels=Raw(msgspec.msgpack.encode([CHANNELS[c] for c in used])),
        seats=Raw(msgspec.msgpack.encode([Seat("", asset, "pump") for asset in assets])),
        seat=np.array([assets.index(row[0]) for row in part], "<u4").tobytes(),
        time=np.array([START + row[1] * GRID for row in part], "<i8").tobytes(),
        width=np.array([len(row[2]) for row in part], "<u2").tobytes(),
        channel=np.array([used.index(cell[0]) for cell in cells], "<u2").tobytes(),
        value=np.array([cell[1] for cell in cells], "<f8").tobytes(),
        quality=np.full(len(cells), 3, "u1").tobytes(),
        grid_ns=GRID,
        accepted_ns=0,
    )


def log(all_rows: list[LogRow], sizes: list[int]) -> list[LogRecord]:
    """Cut rows into records of these sizes, again and again, behind the plant file."""
    records: list[LogRecord] = [plant_change()]
    begin = turn = 0
    while begin < len(all_rows):
        size = sizes[turn % len(sizes)]
        records.append(frames(all_rows[begin : begin + size]))
        begin, turn = begin + size, turn + 1
    return records
