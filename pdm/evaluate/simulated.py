"""A simulated plant through the pure chain: a scenario in, events out."""

import msgspec
import numpy as np

from pdm.chain.acquisition.columns import Columns
from pdm.evaluate.run import Array
from pdm.plant.load import parse
from pdm.records.block import Channel, Machine, Source
from pdm.records.event import Event
from pdm.records.log import Seat
from pdm.records.quality import Quality
from pdm.replay.offline import Offline
from pdm.simulator.catalogue import SIGNALS
from pdm.simulator.plant_file import SOURCE, plant_file
from pdm.simulator.simulation import Chunk, Simulation
from pdm.units import to_si


def events_of(simulation: Simulation, toml: str = "") -> list[Event]:
    """Run through a scenario.

    toml : the plant file, that of the scenario unless given
    """
    return _chain(simulation, toml, traced=False).events


def _chain(simulation: Simulation, toml: str, *, traced: bool) -> Offline:
    chain = Offline(parse(toml or plant_file(simulation.scenario), "the simulated plant"))
    chain.traced = [] if traced else None
    source = Source(SOURCE, "", 0)
    for chunk in simulation.chunks():
        for name in chunk.values:
            chain.feed(columns_of(simulation, chunk, name), source)
    end = simulation.scenario.start_ns + simulation.scenario.duration_s * 1_000_000_000
    chain.end({Machine(plate.asset, plate.machine_class): end for plate in simulation.plates}, source)
    return chain


def scores_of(simulation: Simulation, toml: str = "") -> dict[str, Array]:
    """Run through a scenario; returns the scores of each machine, frame by frame."""
    chain = _chain(simulation, toml, traced=True)
    found: dict[str, list[Array]] = {}
    for record, scores in chain.traced or ():
        seats = msgspec.msgpack.decode(record.seats, type=list[Seat])
        seat = np.frombuffer(record.seat, "<u4")
        for place, one in enumerate(seats):
            found.setdefault(one.asset, []).append(scores[seat == place])
    return {asset: np.concatenate(some) for asset, some in found.items()}


def columns_of(simulation: Simulation, chunk: Chunk, machine_class: str) -> Columns:
    """Write what the machines of one class read in a chunk as admitted readings, in SI."""
    values, signals = chunk.values[machine_class], SIGNALS[machine_class]
    seconds, machines, width = values.shape
    units = [to_si(signal.quantity, signal.unit) for signal in signals]
    scale, offset = (np.array([unit[k] for unit in units]) for k in (1, 2))
    plates = [plate for plate in simulation.plates if plate.machine_class == machine_class]
    return Columns(
        assets=[plate.asset for plate in plates],
        classes=[machine_class] * machines,
        channels=[
            Channel(signal.name, signal.quantity, unit[0])
            for signal, unit in zip(signals, units, strict=True)
        ],
        machine=np.tile(np.repeat(np.arange(machines, dtype=np.uint32), width), seconds),
        channel=np.tile(np.arange(width, dtype=np.uint16), seconds * machines),
        time=np.repeat(chunk.time, machines * width),
        value=(values * scale + offset).ravel(),
        quality=np.full(values.size, Quality.GOOD, np.uint8),
    )
