"""The open frames of one partition, with the names of its machines and channels."""

from dataclasses import dataclass, field

import msgspec
import numpy as np
from msgspec import Raw

from pdm.chain.manipulation.closing import CELL, CLOSED, Closed
from pdm.chain.manipulation.rows import (
    COUNTS,
    FREE,
    MACHINE,
    NEVER,
    NONE,
    READ,
    READING,
    ROW,
    TOPICS,
    Array,
    Open,
)
from pdm.plant.declared import declared_channels
from pdm.plant.lookup import judged_as, patience_of
from pdm.plant.spec import Plant
from pdm.records.block import Channel, Machine
from pdm.records.log import Seat
from pdm.state.chunks import Chunks
from pdm.state.ledger import Ledger
from pdm.state.memory import remember
from pdm.state.registry import CHUNK, Registry

_MACHINES = msgspec.msgpack.Decoder(list[Machine])
_CHANNELS = msgspec.msgpack.Decoder(list[Channel])

CACHED = 2_048
"""Dictionaries of blocks that are remembered by their bytes."""


def _empty_open() -> Open:
    free = np.array([(NONE, 0), (NONE, 0)], FREE)
    frontier, told, watched = (np.zeros((0, TOPICS), np.int64) for _ in range(3))
    rank, declared = np.zeros(0, np.int32), np.zeros(0, np.int32)
    tally, machines = np.zeros((0, COUNTS), np.int64), np.zeros(0, MACHINE)
    rows, readings = np.zeros(0, ROW), np.zeros(0, READING)
    return Open(machines, frontier, rows, readings, free, rank, declared, tally, told, watched)


def _empty_closed() -> Closed:
    return Closed(np.zeros(0, CLOSED), np.zeros(0, CELL), np.zeros(3, np.int64))


@dataclass
class Buffers:
    """Readings of one partition whose frames are still open, and the clocks of its machines."""

    plant: Plant
    registry: Registry = field(default_factory=Registry)
    chunks: Chunks = field(default_factory=lambda: Chunks(READ))
    ledger: Ledger = field(default_factory=lambda: Ledger(READ))
    open: Open = field(default_factory=_empty_open)
    channels: list[Channel] = field(default_factory=list)
    announced: str = ""
    """sha256 of the plant file that the log already has."""
    _channel_ids: dict[Channel, int] = field(default_factory=dict)
    _closed: Closed = field(default_factory=_empty_closed)
    _declared: dict[tuple[int, ...], int] = field(default_factory=dict)
    _expected: dict[tuple[str, str], tuple[int, int, int]] = field(default_factory=dict)
    """What completes a frame, by what it depends on: most machines of a class share it."""
    _seats_by_ids: dict[bytes, Raw] = field(default_factory=dict)
    _machines_by_bytes: dict[tuple[str, bytes], Array] = field(default_factory=dict)
    _channels_by_bytes: dict[bytes, Array] = field(default_factory=dict)

    def machines_of(self, run: str, raw: Raw) -> Array:
        """Turn a block's dictionary of machines into ids, adding those that are new."""
        key = (run, bytes(raw))
        known = self._machines_by_bytes.get(key)
        if known is None:
            known = self.seat([Seat(run, m.asset, m.machine_class) for m in _MACHINES.decode(raw)])
            remember(self._machines_by_bytes, key, known, CACHED, len(key[1]))
        return known

    def channels_of(self, raw: Raw) -> Array:
        """Turn a block's dictionary of channels into ids, adding those that are new."""
        key = bytes(raw)
        known = self._channels_by_bytes.get(key)
        if known is None:
            known = np.array([self.channel(c) for c in _CHANNELS.decode(raw)], np.int32)
            remember(self._channels_by_bytes, key, known, CACHED, len(key))
        return known

    def channel(self, channel: Channel) -> int:
        """Return the id of a channel; the ranks of all follow the sorted order."""
        known = self._channel_ids.get(channel)
        if known is None:
            known = self._channel_ids[channel] = len(self.channels)
            self.channels.append(channel)
            order = sorted(range(len(self.channels)), key=self.channels.__getitem__)
            rank = np.empty(len(order), np.int32)
            rank[order] = np.arange(len(order))
            self.open = self.open._replace(rank=rank)
        return known

    def seat(self, seats: list[Seat]) -> Array:
        """Give each machine a place, with what the plant file declares about it."""
        new = [seat for seat in seats if self.registry.find(seat.run, seat.asset) < 0]
        ids = np.array([self.registry.add(seat) for seat in seats], np.int32)
        self.cover()
        for seat in new:
            self.declare(self.registry.find(seat.run, seat.asset))
        return ids

    def cover(self) -> None:
        """Make room for every machine of the registry."""
        size, held = len(self.registry), len(self.open.machines)
        self.chunks.cover(size)
        if size > held:
            fresh = np.zeros(max(size - held, held, 64), MACHINE)
            fresh["head"] = fresh["tail"] = fresh["recent"] = NONE
            fresh["closed"] = NEVER
            clocks = np.full((len(fresh), TOPICS), NEVER, np.int64)
            chunks = -(-(held + len(fresh)) // CHUNK) - len(self.open.tally)
            self.open = self.open._replace(
                machines=np.concatenate([self.open.machines, fresh]),
                frontier=np.concatenate([self.open.frontier, clocks]),
                told=np.concatenate([self.open.told, clocks]),
                watched=np.concatenate([self.open.watched, clocks]),
                tally=np.concatenate([self.open.tally, np.zeros((chunks, COUNTS), np.int64)]),
            )

    def declare(self, machine: int) -> None:
        """Tell the kernel how many readings make a frame of this machine complete."""
        seat = self.registry.seats[machine]
        key = judged_as(self.plant, seat.asset, seat.machine_class)
        found = self._expected.get(key)
        if found is None:
            found = self._declaration(seat)
            remember(self._expected, key, found, CACHED)
        row = self.open.machines[machine]
        row["declared_from"], row["declared"], row["expected"] = found
        row["patience"] = patience_of(self.plant, seat.asset, seat.machine_class)

    def _declaration(self, seat: Seat) -> tuple[int, int, int]:
        """Find where a machine's declared channels are, how many, and the readings of a complete frame."""
        expected = declared_channels(self.plant, seat.asset, seat.machine_class)
        ids = tuple(self.channel(channel) for channel in expected)
        if ids not in self._declared:
            self._declared[ids] = len(self.open.declared)
            declared = np.append(self.open.declared, np.array(ids, np.int32))
            self.open = self.open._replace(declared=declared)
        return self._declared[ids], len(ids), sum(expected.values())

    def seats_raw(self, ids: Array) -> Raw:
        """Write the dictionary of these machines, remembered for the next record with the same."""
        key = ids.tobytes()
        if key not in self._seats_by_ids:
            seats = [self.registry.seats[int(machine)] for machine in ids]
            raw = msgspec.msgpack.encode(seats)
            remember(self._seats_by_ids, key, Raw(raw), CACHED, len(raw))
        return self._seats_by_ids[key]

    def reserve(self, readings: int) -> Closed:
        """Make room for so many readings more, and for all that their arrival may close."""
        self.open = self.open._replace(
            rows=_extend(self.open.rows, self.open.free[0], readings),
            readings=_extend(self.open.readings, self.open.free[1], readings),
        )
        rows, cells = 2 * len(self.open.rows) + len(self.open.machines), len(self.open.readings)
        if len(self._closed.cells) < cells or len(self._closed.rows) < rows:
            self._closed = Closed(np.zeros(rows, CLOSED), np.zeros(cells, CELL), np.zeros(3, np.int64))
        self._closed.used[:] = 0
        return self._closed


def _extend(pool: Array, free: Array, wanted: int) -> Array:
    """Grow a pool so that its free list, an element of FREE, holds at least `wanted` entries."""
    if free["count"] >= wanted:
        return pool
    size = len(pool)
    fresh = np.zeros(max(size, wanted, 1024), pool.dtype)
    fresh["next"] = np.arange(size + 1, size + len(fresh) + 1)
    fresh["next"][-1] = free["head"]
    free["head"], free["count"] = size, free["count"] + len(fresh)
    return np.concatenate([pool, fresh])
