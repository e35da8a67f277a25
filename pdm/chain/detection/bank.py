"""The bank: the state of every machine of one partition, struct of arrays, machines with slots."""

from dataclasses import dataclass, field

import msgspec
import numpy as np
from msgspec import Raw

from models import watch
from pdm.chain.detection.agenda import Agenda
from pdm.chain.detection.kit import Kit
from pdm.chain.detection.scan import MACHINE, NEVER, PART, SLOT, TRANSITION, Array, Found, Tables
from pdm.chain.detection.sensing import SWAPS
from pdm.plant.load import load
from pdm.records.block import Channel
from pdm.records.log import PlantChange, Seat
from pdm.state.chunks import Chunks
from pdm.state.memory import remember
from pdm.state.registry import Registry

TRANSITIONS = 256
"""Transitions the kernel may report before they are turned into events."""

CACHED = 2_048
"""Dictionaries of log records that are remembered by their bytes, and parameters by what they depend on."""

_SEATS = msgspec.msgpack.Decoder(list[Seat])
_CHANNELS = msgspec.msgpack.Decoder(list[Channel])


@dataclass
class Bank:
    """Every machine of one partition: who it is, its channels, and the state of its detectors."""

    kit: Kit = field(default_factory=lambda: Kit(load(None)))
    registry: Registry = field(default_factory=Registry)
    chunks: Chunks = field(default_factory=lambda: Chunks(1))
    tables: Tables = field(
        default_factory=lambda: Tables(np.zeros(0, MACHINE), np.zeros(0, SLOT), watch.fresh(0, 0))
    )
    channels: list[Channel] = field(default_factory=list)
    params: watch.Kit = field(init=False)
    plants: list[tuple[int, PlantChange]] = field(default_factory=list)
    """Plant files of the log with their offsets: the one in force at the cursor, and later ones."""
    agenda: Agenda = field(default_factory=Agenda)
    """What people have said in the log."""
    shown_units: list[str] = field(default_factory=list)
    """The unit in which people read each slot."""
    shown: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    """Time of the last frame that people were shown, by machine."""
    drawn: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    """Hour of the last portrait, by machine, see `pdm.chain.detection.portrait`."""
    used: int = 0
    """Slots given out so far."""
    widest: int = 0
    """Channels of the machine that has most."""
    _room: tuple[Array, Array] = field(
        default_factory=lambda: (np.zeros(TRANSITIONS, TRANSITION), np.zeros(TRANSITIONS * 16, PART))
    )
    _channel_ids: dict[Channel, int] = field(default_factory=dict)
    _seats_by_bytes: dict[bytes, Array] = field(default_factory=dict)
    _channels_by_bytes: dict[bytes, Array] = field(default_factory=dict)
    _fitted: dict[tuple[str, str, bytes], tuple[watch.Params, watch.Traits, list[str]]] = field(
        default_factory=dict
    )
    """Parameters and units from the kit, by what they depend on: most machines of a class share them."""

    def __post_init__(self) -> None:
        self.params = watch.unset(0, 0, self.kit.pace)._replace(swaps=SWAPS)

    def machines_of(self, raw: Raw) -> Array:
        """Turn the seats of a log record into machine ids, adding those that are new."""
        known = self._seats_by_bytes.get(bytes(raw))
        if known is None:
            known = np.array([self.registry.add(seat) for seat in _SEATS.decode(raw)], np.int32)
            self.cover()
            remember(self._seats_by_bytes, bytes(raw), known, CACHED, len(bytes(raw)))
        return known

    def channels_of(self, raw: Raw) -> Array:
        """Turn the channels of a log record into ids, adding those that are new."""
        known = self._channels_by_bytes.get(bytes(raw))
        if known is None:
            known = np.array([self.channel(channel) for channel in _CHANNELS.decode(raw)], np.int32)
            remember(self._channels_by_bytes, bytes(raw), known, CACHED, len(bytes(raw)))
        return known

    def channel(self, channel: Channel) -> int:
        """Return the id of a channel."""
        known = self._channel_ids.get(channel)
        if known is None:
            known = self._channel_ids[channel] = len(self.channels)
            self.channels.append(channel)
        return known

    def layout(self, machine: int) -> list[int]:
        """Return the channel ids of a machine, in the order of its slots."""
        row = self.tables.machines[machine]
        ids: list[int] = self.tables.slots["channel"][row["first"] : row["first"] + row["width"]].tolist()
        return ids

    def widen(self, machine: int, channels: list[int]) -> None:
        """Give a machine these channels beside those it has, sorted; what it knows moves along."""
        old = self.layout(machine)
        new = sorted({*old, *channels}, key=self.channels.__getitem__)
        first, row = self.allocate(len(new)), self.tables.machines[machine]
        self.widest = max(self.widest, len(new))
        kept = np.arange(row["first"], row["first"] + len(old))
        moved = first + np.array([new.index(channel) for channel in old], np.int64)
        for table in (self.tables.slots, *self.tables.watch.slots):
            table[moved] = table[kept]
        self.tables.slots["channel"][first : first + len(new)] = new
        self.tables.machines[machine : machine + 1][["first", "width"]] = (first, len(new))
        self.fit_out(machine)

    def fit_out(self, machine: int) -> None:
        """Set the parameters of a machine's channels from the kit."""
        seat, row = self.registry.seats[machine], self.tables.machines[machine]
        first = int(row["first"])
        span = slice(first, first + int(row["width"]))
        layout = self.tables.slots["channel"][span]
        key = (*self.kit.rules.judged_as(seat.asset, seat.machine_class), layout.tobytes())
        fitted = self._fitted.get(key)
        if fitted is None:
            channels = [self.channels[c] for c in layout.tolist()]
            units = [self.kit.shown_unit(seat, channel) for channel in channels]
            fitted = (self.kit.params(seat, channels), self.kit.traits(seat, channels), units)
            remember(self._fitted, key, fitted, CACHED)
        params, traits, units = fitted
        for table, own in zip(self.params.channels, params, strict=True):
            table[span] = own
        for table, trait in zip(self.params.machines, traits, strict=True):
            table[machine] = trait[0]
        self.shown_units[span] = units

    def equip(self) -> None:
        """Take what the log says now as the kit of every machine; raises KitError."""
        self.wear(Kit.of(self.plants[-1][1] if self.plants else None, self.agenda.rules))

    def wear(self, kit: Kit) -> None:
        """Take a kit for every machine."""
        self.kit = kit
        self._fitted.clear()
        self.params = self.params._replace(pace=kit.pace)
        for machine in self.registry.seats:
            self.fit_out(machine)

    def found(self, rows: int) -> Found:
        """Return room for what the kernel finds in so many rows; any one row has room in it."""
        most = 2 * self.widest + 1
        if most > len(self._room[0]):
            self._room = np.zeros(most, TRANSITION), np.zeros(most * 16, PART)
        return Found(*self._room, np.full(rows, np.nan))

    def cover(self) -> None:
        """Make room for every machine of the registry."""
        size, held = len(self.registry), len(self.tables.machines)
        self.chunks.cover(size)
        if size > held:
            more = max(size - held, held, 64)
            fresh = np.zeros(more, MACHINE)
            fresh["last"] = NEVER
            self.shown = np.concatenate([self.shown, np.full(more, NEVER)])
            self.drawn = np.concatenate([self.drawn, np.full(more, NEVER)])
            watched = self.tables.watch
            longer = watch.Machines(*(_longer(table, more) for table in watched.machines))
            self.tables = self.tables._replace(
                machines=np.concatenate([self.tables.machines, fresh]),
                watch=watched._replace(machines=longer),
            )
            traits = watch.Traits(*(_longer(table, more) for table in self.params.machines))
            self.params = self.params._replace(machines=traits)

    def allocate(self, width: int) -> int:
        """Give out a range of fresh slots."""
        first, self.used = self.used, self.used + width
        if self.used > len(self.tables.slots):
            more = max(width, len(self.tables.slots), 512)
            self.shown_units += [""] * more
            watched = self.tables.watch
            longer = watch.Slots(*(_longer(table, more) for table in watched.slots))
            self.tables = self.tables._replace(
                slots=_longer(self.tables.slots, more), watch=watched._replace(slots=longer)
            )
            params = watch.Params(*(_longer(table, more) for table in self.params.channels))
            self.params = self.params._replace(channels=params)
        return first


def _longer(table: Array, more: int) -> Array:
    """Append fresh entries, which are all zero."""
    return np.concatenate([table, np.zeros(more, table.dtype)])
