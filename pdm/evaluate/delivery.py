"""A simulated plant straight through the chain: signals as arrays in, events out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from pdm.chain.acquisition.columns import Columns
from pdm.instant import NS
from pdm.plant.load import parse
from pdm.records.block import Channel, Source
from pdm.records.event import Event
from pdm.replay.offline import Offline
from pdm.simulator.catalogue import SIGNALS, Signal
from pdm.simulator.plant_file import plant_file
from pdm.simulator.scenario import Scenario
from pdm.units import to_si

Array = NDArray[Any]

SECONDS = 5
"""Of each delivery."""


class Heard(Struct, frozen=True):
    """What the sensors of all machines of one class say, second by second.

    assets : (machines,) names
    values : (seconds, machines, signals) in the units of the catalogue, NaN where nothing is said
    shift  : likewise, s by which the clock of each sensor is ahead
    """

    assets: tuple[str, ...]
    values: Array
    shift: NDArray[np.int64]


class Reader(Struct, frozen=True):
    """What it takes to read the signals of one class as columns, (signals,) each.

    first : index of its first machine; channel : of each signal; the rest turns its values into SI
    """

    first: int
    channel: Array
    scale: Array
    offset: Array
    valid: Array


def events_of(
    scenario: Scenario, heard: Mapping[str, Heard], progress: Callable[[str], None] = lambda _line: None
) -> list[Event]:
    """Send what all machines say through the whole chain, as the gateway would, a few seconds at a time.

    heard : by machine class. A value out of its declared range is refused, as it is at the door.
    """
    plant, source = parse(plant_file(scenario), "simulated"), Source("simulated")
    chain, empty, readers = Offline(plant), _dictionaries(heard), _readers(heard)
    for start in range(0, scenario.duration_s, SECONDS):
        if start % 600 == 0:
            progress(f"second {start} of {scenario.duration_s}, {len(chain.events)} events")
        parts = [_said(scenario, one, readers[name], start) for name, one in heard.items()]
        chain.feed(_columns(empty, parts), source)
    return chain.events


def _dictionaries(heard: Mapping[str, Heard]) -> Columns:
    """Return the assets and the channels of a delivery, without readings."""
    none = np.zeros(0)
    return Columns(
        assets=[asset for one in heard.values() for asset in one.assets],
        classes=[name for name, one in heard.items() for _asset in one.assets],
        channels=_channels(),
        machine=none.astype(np.uint32),
        channel=none.astype(np.uint16),
        time=none.astype(np.int64),
        value=none,
        quality=none.astype(np.uint8),
    )


def _channels() -> list[Channel]:
    return sorted({_channel(signal) for signals in SIGNALS.values() for signal in signals})


def _channel(signal: Signal) -> Channel:
    return Channel(signal.name, signal.quantity, to_si(signal.quantity, signal.unit)[0])


def _readers(heard: Mapping[str, Heard]) -> dict[str, Reader]:
    found, first, known = {}, 0, _channels()
    for name, one in heard.items():
        units = np.array([to_si(signal.quantity, signal.unit)[1:] for signal in SIGNALS[name]])
        channel = np.array([known.index(_channel(signal)) for signal in SIGNALS[name]])
        valid = np.array([signal.valid for signal in SIGNALS[name]])
        found[name] = Reader(first, channel, units[:, 0], units[:, 1], valid)
        first += len(one.assets)
    return found


def _said(scenario: Scenario, heard: Heard, reader: Reader, start: int) -> tuple[Array, ...]:
    """Give some seconds of one class: when each reading was sent, whose it is, which, its time and value."""
    values = heard.values[start : start + SECONDS]
    row, machine, signal = np.nonzero((values >= reader.valid[:, 0]) & (values <= reader.valid[:, 1]))
    sent = start + row
    return (
        sent,
        reader.first + machine,
        reader.channel[signal],
        scenario.start_ns + (sent + heard.shift[sent, machine, signal]) * NS,
        values[row, machine, signal] * reader.scale[signal] + reader.offset[signal],
    )


def _columns(empty: Columns, parts: Sequence[tuple[Array, ...]]) -> Columns:
    """Put the classes together, in the order in which the readings were sent."""
    sent, machine, channel, time, value = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(sent, kind="stable")
    return msgspec.structs.replace(
        empty,
        machine=machine[order].astype(np.uint32),
        channel=channel[order].astype(np.uint16),
        time=time[order],
        value=value[order],
        quality=np.full(len(order), 3, np.uint8),
    )
