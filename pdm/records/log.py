"""The ordered log: what is in it, in its order, is what happened."""

from msgspec import Raw, Struct

from pdm.records.block import Channel


class Seat(Struct, frozen=True, array_like=True):
    """A machine in a log record: who it is, and which layout its rows have."""

    run: str
    asset: str
    machine_class: str
    layout: int


class Frames(Struct, frozen=True, array_like=True, tag="frames"):
    """Closed frames, in time order per machine: one row per machine and grid instant.

    layouts     : msgpack list[list[Channel]], channels sorted by name
    seats       : msgpack list[Seat]
    seat        : u4[rows] index into `seats`
    time        : i8[rows] start of the frame, ns since the epoch
    value       : f8[cells], the rows' values one after the other, NaN where missing
    quality     : u1[cells], see `Quality`
    accepted_ns : wall clock of the block that closed the last of them; for latency metrics only
    """

    layouts: Raw
    seats: Raw
    seat: bytes
    time: bytes
    value: bytes
    quality: bytes
    accepted_ns: int


class Late(Struct, frozen=True, array_like=True, tag="late"):
    """Readings that came after their frame had closed: recorded, and never a silent edit.

    seat, channel, time, value : parallel arrays as in `Block`, u4, u2, i8, f8
    channels                   : msgpack list[Channel]
    """

    seats: Raw
    channels: Raw
    seat: bytes
    channel: bytes
    time: bytes
    value: bytes


class PlantChange(Struct, frozen=True, array_like=True, tag="plant"):
    """From here on this plant file is in force; it is copied into each partition of the log."""

    sha256: str
    toml: str


LogRecord = Frames | Late | PlantChange

__all__ = ["Channel", "Frames", "Late", "LogRecord", "PlantChange", "Seat"]
