"""The plant that benchmarks watch: 8 channels a machine, all detectors at work, one machine in a hundred ill.

The same readings come as records of the ordered log, as flushes of the gateway, or as plain rows.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
from msgspec import Raw
from numpy.typing import NDArray

from pdm.chain.acquisition.columns import Columns
from pdm.plant.load import parse
from pdm.plant.spec import Plant
from pdm.records.block import Channel
from pdm.records.log import Frames, PlantChange, Seat

Array = NDArray[Any]

GRID = 1_000_000_000
START = 1_700_000_000 * GRID
CLASS = "pump"
CHANNELS = (
    Channel("bearing-temperature", "temperature", "K"),
    Channel("current", "current", "A"),
    Channel("de-velocity", "vibration", "m/s"),
    Channel("discharge-pressure", "pressure", "Pa"),
    Channel("flow", "flow", "m3/s"),
    Channel("nde-velocity", "vibration", "m/s"),
    Channel("voltage", "voltage", "V"),
    Channel("winding-temperature", "temperature", "K"),
)
"""In the order of their names, as the log has them."""
USUAL = np.array([330.0, 12.0, 2.0e-3, 4.0e5, 0.02, 1.5e-3, 400.0, 350.0])
NOISE = 1e-3
DRIVERS = ("current", "flow")
"""What explains every other channel."""
ILL_EVERY, ILL_FROM, ILL_UNTIL, ILL_PERIOD = 100, 130, 160, 180
"""Machines, and seconds, in which vibration doubles: an alarm is raised, goes on and is cleared."""
VIBRATING = 2

_ENCODE = msgspec.msgpack.Encoder().encode


def plant_toml(declared: int = 0) -> str:
    """Write the plant file: limits for each channel, and an expectation for each that is no driver.

    declared : how many machines it names; others are discovered, and take their class from the readings
    """
    text = []
    for channel, usual in zip(CHANNELS, USUAL.tolist(), strict=True):
        text += [
            f"[classes.{CLASS}.channels.{channel.name}]",
            f'quantity = "{channel.quantity}"',
            f'unit = "{channel.unit}"',
            f"limits.low_low = {0.2 * usual}\nlimits.low = {0.4 * usual}",
            f"limits.high = {1.6 * usual}\nlimits.high_high = {2.5 * usual}",
            "per_frame = 1",
        ]
        if channel.name not in DRIVERS:
            text += [
                f"[classes.{CLASS}.expected.{channel.name}]",
                f"drivers = {list(DRIVERS)}",
                f"centre = {usual}",
                f"coefficients = [{0.01 * usual}, {usual}]",
                f"offsets = {[float(USUAL[1]), float(USUAL[4])]}",
                f"scale = {0.2 * usual}",
            ]
    text += [f'[[machines]]\nasset = "{asset}"\nclass = "{CLASS}"' for asset in assets(declared)]
    return "\n".join(text) + "\n"


def plant() -> Plant:
    """Return the plant as the chain reads it."""
    return parse(plant_toml(), "bench.toml")


def assets(machines: int) -> list[str]:
    """Name the machines."""
    return [f"pump-{m:06d}" for m in range(machines)]


def values(rng: np.random.Generator, machine: Array, second: Array) -> Array:
    """Return (rows, 8) readings about their usual values, and twice the vibration where a machine is ill."""
    table: Array = USUAL * (1.0 + NOISE * rng.standard_normal((len(machine), len(USUAL))))
    phase = second % ILL_PERIOD
    ill = (machine % ILL_EVERY == ILL_EVERY // 2) & (phase >= ILL_FROM) & (phase < ILL_UNTIL)
    table[ill, VIBRATING] *= 2.0
    return table


def log_start() -> bytes:
    """Write the record with which the log begins."""
    of = plant()
    return _ENCODE(PlantChange(of.sha256, of.toml))


def log(machines: int, seconds: int, rows: int, seed: int) -> Iterator[bytes]:
    """Write log records of `rows` rows: all machines at a second, then all at the next."""
    rng = np.random.default_rng(seed)
    seats = [Seat("", asset, CLASS) for asset in assets(machines)]
    channels = Raw(_ENCODE(list(CHANNELS)))
    for begin in range(0, machines * seconds, rows):
        row = np.arange(begin, min(begin + rows, machines * seconds))
        machine, second = row % machines, row // machines
        used, seat = np.unique(machine, return_inverse=True)
        yield _ENCODE(
            Frames(
                channels=channels,
                seats=Raw(_ENCODE([seats[m] for m in used])),
                seat=seat.astype("<u4").tobytes(),
                time=(START + second * GRID).astype("<i8").tobytes(),
                width=np.full(len(row), len(CHANNELS), "<u2").tobytes(),
                channel=np.tile(np.arange(len(CHANNELS), dtype="<u2"), len(row)).tobytes(),
                value=values(rng, machine, second).tobytes(),
                quality=np.full(len(row) * len(CHANNELS), 3, "u1").tobytes(),
                grid_ns=GRID,
                accepted_ns=0,
            )
        )


def flush(machines: int, second: int, rng: np.random.Generator) -> Columns:
    """Return the readings of all machines at one second, machine by machine, as one flush holds them."""
    names, width = assets(machines), len(CHANNELS)
    table = values(rng, np.arange(machines), np.full(machines, second))
    return Columns(
        assets=names,
        classes=[CLASS] * machines,
        channels=list(CHANNELS),
        machine=np.repeat(np.arange(machines, dtype=np.uint32), width),
        channel=np.tile(np.arange(width, dtype=np.uint16), machines),
        time=np.full(machines * width, START + second * GRID, np.int64),
        value=table.ravel(),
        quality=np.full(machines * width, 3, np.uint8),
    )
