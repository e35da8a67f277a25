"""What a faulty sensor makes of what it should have said: seven ways to lie, from an onset on."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from pdm.records.sensor import SensorFault
from pdm.simulator.catalogue import Signal
from pdm.simulator.instruments import DRIFT_PER_S
from pdm.simulator.lag import Array
from pdm.units import to_si

CUT_S = 300
"""An amplifier cuts off the upper half of what comes in the first seconds, and whatever is above it later."""

READ_AS = {
    "mm/s": ("in/s", "m/s"),
    "degC": ("degF",),
    "bar": ("psi", "kPa", "MPa"),
    "Pa": ("mbar", "kPa", "psi"),
    "m3/h": ("l/s", "l/min", "gpm"),
    "A": ("mA", "kA"),
    "V": ("kV",),
    "rpm": ("Hz", "rad/s"),
    "%": ("1",),
}
"""By the unit a plant file declares: the units in which somebody's new transmitter may send instead."""


class Told(NamedTuple):
    """What a lying sensor sends, second by second.

    values : in the declared unit, NaN where nothing is sent
    shift  : s by which the sensor's clock is ahead; behind where negative
    """

    values: Array
    shift: NDArray[np.int64]


def possible(fault: SensorFault, signal: Signal, series: Array) -> bool:
    """Tell whether a sensor can lie so and be let in: values out of its range are refused at the door."""
    return fault is not SensorFault.SCALE or bool(_readable(signal, series))


def tell(fault: SensorFault, signal: Signal, series: Array, onset: int, rng: Generator) -> Told:
    """Turn what a sensor should have said, (seconds,), into what it says from second `onset` on."""
    values, shift = series.copy(), np.zeros(len(series), np.int64)
    if fault is SensorFault.CLOCK_SKEW:
        shift[onset:] = _skew(len(series) - onset, rng)
    else:
        values[onset:] = LIES[fault](series[onset:], signal, rng)
        np.clip(values, *signal.valid, out=values)
    return Told(values, shift)


def _flatline(series: Array, signal: Signal, rng: Generator) -> Array:
    """It keeps its last reading, or says nothing but zero."""
    dead = signal.quantity != "temperature" and rng.random() < 0.3
    return np.full_like(series, 0.0 if dead else series[0])


def _dropout(series: Array, signal: Signal, rng: Generator) -> Array:  # noqa: ARG001 - common form
    """It falls silent, or comes in bursts with long breaks between them."""
    if rng.random() < 0.5:
        return np.full_like(series, np.nan)
    period, there = int(rng.integers(30, 61)), int(rng.integers(2, 6))
    return np.where(np.arange(len(series)) % period >= period - there, series, np.nan)


def _spike(series: Array, signal: Signal, rng: Generator) -> Array:
    """Single values are far off, once in a while."""
    out, size = series.copy(), _allowance(signal, series)
    at = np.cumsum(rng.integers(15, 60, len(series) // 15))
    at = np.concatenate([[0], at[at < len(series)]])
    out[at] += rng.choice((-1.0, 1.0), len(at)) * rng.uniform(4.0, 10.0, len(at)) * size[at]
    return out


def _drift(series: Array, signal: Signal, rng: Generator) -> Array:
    """It creeps away to one side, by somewhat more than it may."""
    crept = np.minimum(DRIFT_PER_S * rng.uniform(0.8, 2.0) * np.arange(len(series)), rng.uniform(1.2, 1.7))
    drifted = series + rng.choice((-1.0, 1.0)) * crept * _allowance(signal, series[:1])
    return np.asarray(np.round(drifted, signal.decimals))


def _saturation(series: Array, signal: Signal, rng: Generator) -> Array:
    """It says the end of its range, or an amplifier cuts its upper half off."""
    if signal.decimals >= 2 and rng.random() < 0.5:
        return np.minimum(series, np.round(np.quantile(series[:CUT_S], 0.5), signal.decimals))
    return np.full_like(series, signal.valid[1])


def _scale(series: Array, signal: Signal, rng: Generator) -> Array:
    """Somebody has put in another transmitter, or set it to another unit."""
    units = _readable(signal, series)
    return _read_as(signal, series, units[int(rng.integers(len(units)))])


def _skew(seconds: int, rng: Generator) -> NDArray[np.int64]:
    """Its clock is set wrongly, or runs wrongly."""
    side = rng.choice((-1, 1))
    if rng.random() < 0.5:
        return np.full(seconds, side * rng.integers(10, 121))
    return np.asarray(side * (np.arange(seconds) * rng.uniform(0.02, 0.2)).astype(np.int64))


LIES: dict[SensorFault, Callable[[Array, Signal, Generator], Array]] = {
    SensorFault.FLATLINE: _flatline,
    SensorFault.DROPOUT: _dropout,
    SensorFault.SPIKE: _spike,
    SensorFault.DRIFT: _drift,
    SensorFault.SATURATION: _saturation,
    SensorFault.SCALE: _scale,
}
"""All but the skewed clock, which says the right thing at the wrong time."""


def _allowance(signal: Signal, series: Array) -> Array:
    share, floor = signal.allowance
    return np.asarray(share * np.abs(series) + floor)


def _readable(signal: Signal, series: Array) -> list[str]:
    """List the units in which this sensor could send and stay within its declared range."""
    low, high = signal.valid
    return [
        unit
        for unit in READ_AS.get(signal.unit, ())
        if low <= _read_as(signal, series, unit).min() and _read_as(signal, series, unit).max() <= high
    ]


def _read_as(signal: Signal, series: Array, unit: str) -> Array:
    """Give the numbers of the same values in another unit."""
    (_, scale, offset), (_, other, shift) = to_si(signal.quantity, signal.unit), to_si(signal.quantity, unit)
    return (series * scale + offset - shift) / other
