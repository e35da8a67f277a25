"""A simulated plant as one stream of readings in the order of time, with stops and gaps."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from pdm.chain.acquisition.columns import Array, Columns
from pdm.instant import NS
from pdm.records.block import Channel
from pdm.records.quality import Quality
from pdm.simulator.catalogue import SIGNALS, Signal
from pdm.simulator.scenario import Scenario
from pdm.simulator.simulation import Simulation
from pdm.units import to_si

MOVING = frozenset({"vibration", "speed", "current", "flow", "power", "load"})
"""Quantities that are zero while a machine stands still."""


class Window(NamedTuple):
    """Some seconds of one machine: it stands, or nothing comes of it, or of one of its channels.

    begin, end : seconds since the start, [begin, end); channel : "" for all of them
    """

    asset: str
    begin: int
    end: int
    channel: str = ""


class Stream(NamedTuple):
    """Readings in the order of time, and where nothing comes of a machine or a channel."""

    columns: Columns
    start_ns: int
    stops: tuple[Window, ...]
    gaps: tuple[Window, ...]


def stream(scenario: Scenario) -> Stream:
    """Simulate a plant with faults, stops, and gaps of machines and of single channels."""
    simulation, rng = Simulation(scenario), scenario.draws("order")
    names = [plate.asset for plate in simulation.plates]
    stops = tuple(_windows(rng, names, scenario.duration_s, share=0.3))
    gaps = (
        *_windows(rng, names, scenario.duration_s, share=0.5),
        *(
            window._replace(channel=_some_channel(rng, simulation, window.asset))
            for window in _windows(rng, names, scenario.duration_s, share=0.3)
        ),
    )
    return Stream(_columns(simulation, rng, stops, gaps), scenario.start_ns, stops, gaps)


def _windows(rng: Generator, names: list[str], duration_s: int, share: float) -> Iterator[Window]:
    """Choose some machines, each with a window of ten seconds to ten minutes: short ones and long ones."""
    for asset in rng.choice(names, max(1, round(share * len(names))), replace=False).tolist():
        length = int(np.exp(rng.uniform(np.log(10.0), np.log(600.0))))
        begin = int(rng.integers(duration_s // 10, max(duration_s - length, duration_s // 10 + 1)))
        yield Window(asset, begin, min(begin + length, duration_s - 30))


def _some_channel(rng: Generator, simulation: Simulation, asset: str) -> str:
    machine_class = next(plate.machine_class for plate in simulation.plates if plate.asset == asset)
    return str(rng.choice([signal.name for signal in SIGNALS[machine_class]]))


class _Layout(NamedTuple):
    """What the indices of a stream mean."""

    names: list[str]
    channels: list[Channel]
    start_ns: int


def _columns(
    simulation: Simulation, rng: Generator, stops: tuple[Window, ...], gaps: tuple[Window, ...]
) -> Columns:
    """Lay all classes side by side, leave out what does not come, and sort by time."""
    channels = sorted({_channel(signal) for signals in SIGNALS.values() for signal in signals})
    layout = _Layout([plate.asset for plate in simulation.plates], channels, simulation.scenario.start_ns)
    parts = [
        part
        for chunk in simulation.chunks(600)
        for machine_class, values in chunk.values.items()
        for part in _class(layout, simulation, machine_class, chunk.time, values)
    ]
    machine, channel, time, value = (np.concatenate([part[k] for part in parts]) for k in range(4))
    for stop in stops:
        moves = np.array([known.quantity in MOVING for known in channels])[channel]
        value[_within(stop, layout, machine, channel, time) & moves] = 0.0
    there = np.ones(len(time), np.bool_)
    for gap in gaps:
        there &= ~_within(gap, layout, machine, channel, time)
    time = time + rng.integers(0, NS, len(layout.names))[machine]
    order = np.flatnonzero(there)
    order = order[np.argsort(time[order], kind="stable")]
    classes = [plate.machine_class for plate in simulation.plates]
    arrays = (machine[order].astype(np.uint32), channel[order].astype(np.uint16), time[order], value[order])
    return Columns(layout.names, classes, channels, *arrays, np.full(len(order), Quality.GOOD, np.uint8))


def _class(
    layout: _Layout, simulation: Simulation, machine_class: str, time: Array, values: Array
) -> Iterator[tuple[Array, Array, Array, Array]]:
    """Write (seconds, machines, signals) of one class as readings in SI, signal by signal of each machine."""
    mine = [plate.asset for plate in simulation.plates if plate.machine_class == machine_class]
    for row, asset in enumerate(mine):
        whose = np.full(len(time), layout.names.index(asset))
        for column, signal in enumerate(SIGNALS[machine_class]):
            _unit, scale, offset = to_si(signal.quantity, signal.unit)
            which = np.full(len(time), layout.channels.index(_channel(signal)))
            yield whose, which, time, values[:, row, column] * scale + offset


def _within(window: Window, layout: _Layout, machine: Array, channel: Array, time: Array) -> Array:
    """Tell which readings fall into a window."""
    begin, end = (layout.start_ns + second * NS for second in (window.begin, window.end))
    inside: Array = (machine == layout.names.index(window.asset)) & (time >= begin) & (time < end)
    if window.channel:
        inside &= np.array([known.name == window.channel for known in layout.channels])[channel]
    return inside


def _channel(signal: Signal) -> Channel:
    return Channel(signal.name, signal.quantity, to_si(signal.quantity, signal.unit)[0])
