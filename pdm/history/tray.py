"""A tray gathers what the log says, record by record, and gives it away as sorted rows."""

from collections.abc import Callable
from typing import TypeVar

import msgspec
import numpy as np
from msgspec import Raw

from pdm.history.rows import Array, Origin, Rows, Signal, by_rank, empty, ordered, runs
from pdm.records.block import Block, Channel, Machine
from pdm.records.log import Frames, Late, Seat
from pdm.records.quality import Quality

Name = TypeVar("Name", Seat, Channel)
_SEATS = msgspec.msgpack.Decoder(list[Seat])
_CHANNELS = msgspec.msgpack.Decoder(list[Channel])
_MACHINES = msgspec.msgpack.Decoder(list[Machine])


class Tray:
    """Readings not yet written, at 30 bytes each; it knows no file.

    A record that contradicts itself raises ValueError, and leaves the tray as it was.
    """

    def __init__(self) -> None:
        self._seats: dict[tuple[str, str], int] = {}
        self._channels: dict[Channel, int] = {}
        self._known: dict[bytes, Array] = {}
        self._parts: list[tuple[Array, ...]] = []
        self._count = [0, 0, 0]

    def __len__(self) -> int:
        return sum(self._count)

    @property
    def counts(self) -> dict[Origin, int]:
        """Return how many readings lie here, by their origin."""
        return dict(zip(Origin, self._count, strict=True))

    def frames(self, record: Frames, offset: int) -> None:
        """Put closed frames in: a row for each cell, at the frame's start."""
        width = np.frombuffer(record.width, "<u2")
        seat, time = np.frombuffer(record.seat, "<u4"), np.frombuffer(record.time, "<i8")
        if not len(seat) == len(time) == len(width):
            raise ValueError("the rows of this record have different lengths")
        quality = np.frombuffer(record.quality, "u1")
        self._put(
            (self._codes(record.seats, self._seated), np.repeat(seat, width)),
            (self._codes(record.channels, self._named), np.frombuffer(record.channel, "<u2")),
            (np.repeat(time, width), np.frombuffer(record.value, "<f8"), quality),
            Origin.LIVE,
            offset,
        )

    def late(self, record: Late, offset: int) -> None:
        """Put late readings in. Nobody has judged their quality: uncertain."""
        time = np.frombuffer(record.time, "<i8")
        self._put(
            (self._codes(record.seats, self._seated), np.frombuffer(record.seat, "<u4")),
            (self._codes(record.channels, self._named), np.frombuffer(record.channel, "<u2")),
            (time, np.frombuffer(record.value, "<f8"), np.full(len(time), Quality.UNCERTAIN, np.uint8)),
            Origin.LATE,
            offset,
        )

    def backfill(self, block: Block, offset: int) -> None:
        """Put imported readings in, at their own times."""
        seats = [Seat(block.source.run, machine.asset) for machine in _MACHINES.decode(block.machines)]
        self._put(
            (self._numbered(seats, self._seat), np.frombuffer(block.machine, "<u4")),
            (self._codes(block.channels, self._named), np.frombuffer(block.channel, "<u2")),
            (
                np.frombuffer(block.time, "<i8"),
                np.frombuffer(block.value, "<f8"),
                np.frombuffer(block.quality, "u1"),
            ),
            Origin.BACKFILL,
            offset,
        )

    def rows(self) -> Rows:
        """Return everything, sorted, one row for each instant; the tray keeps it."""
        if not self._parts:
            return empty()
        seat, channel, time, value, quality, origin, offset = map(
            np.concatenate, zip(*self._parts, strict=True)
        )
        seats, channels = sorted(self._seats), sorted(self._channels)
        seat_rank, channel_rank = _ranks(self._seats, seats), _ranks(self._channels, channels)
        order = by_rank(channel_rank[channel])
        order = order[by_rank(seat_rank[seat[order]])]
        seat, channel = seat_rank[seat[order]], channel_rank[channel[order]]
        begins = runs(seat, channel)
        signals = [
            Signal(seats[s][0], seats[s][1], channels[c].name, channels[c].quantity, channels[c].unit)
            for s, c in zip(seat[begins].tolist(), channel[begins].tolist(), strict=True)
        ]
        code = np.repeat(np.arange(len(begins)), np.diff(begins, append=len(seat)))
        columns = {"time": time, "value": value, "quality": quality, "origin": origin, "offset": offset}
        return ordered(Rows(signals, code, {name: column[order] for name, column in columns.items()}))

    def _put(
        self,
        seat: tuple[Array, Array],
        channel: tuple[Array, Array],
        cells: tuple[Array, Array, Array],
        origin: Origin,
        offset: int,
    ) -> None:
        """Check that indices lead somewhere, and keep the cells under our own numbers."""
        count = len(cells[0])
        if not all(len(column) == count for column in (seat[1], channel[1], *cells)):
            raise ValueError("the cells of this record have different lengths")
        for names, index in (seat, channel):
            if count and int(index.max()) >= len(names):
                raise ValueError("a cell of this record points behind its dictionaries")
        if count:
            said = np.full(count, origin, np.uint8), np.full(count, offset, np.int64)
            self._parts.append((seat[0][seat[1]], channel[0][channel[1]], *cells, *said))
            self._count[origin] += count

    def _codes(self, raw: Raw, read: Callable[[bytes], Array]) -> Array:
        """Read a dictionary once; records in a row mostly repeat it, byte for byte."""
        key = bytes(raw)
        known = self._known.get(key)
        if known is None:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            known = self._known[key] = read(key)
        return known

    def _seated(self, raw: bytes) -> Array:
        return self._numbered(_SEATS.decode(raw), self._seat)

    def _named(self, raw: bytes) -> Array:
        return self._numbered(_CHANNELS.decode(raw), self._channel)

    def _seat(self, seat: Seat) -> int:
        return self._seats.setdefault((seat.asset, seat.run), len(self._seats))

    def _channel(self, channel: Channel) -> int:
        return self._channels.setdefault(channel, len(self._channels))

    @staticmethod
    def _numbered(names: list[Name], number: Callable[[Name], int]) -> Array:
        return np.array([number(name) for name in names], np.int64)


_REMEMBERED = 1_000


def _ranks(
    numbers: dict[Name, int] | dict[tuple[str, str], int], names: list[Name] | list[tuple[str, str]]
) -> Array:
    """Return for each of our numbers its place in the order of the names."""
    rank = np.empty(len(numbers), np.int64)
    rank[[numbers[name] for name in names]] = np.arange(len(names))  # type: ignore[index]
    return rank
