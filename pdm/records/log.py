"""The ordered log: what is in it, in its order, is what happened."""

from msgspec import Raw, Struct

from pdm.records.block import Channel
from pdm.records.control import Control


class Seat(Struct, frozen=True, array_like=True, gc=False):
    """A machine as a log record names it."""

    run: str
    asset: str
    machine_class: str = ""


class Frames(Struct, frozen=True, array_like=True, tag="frames"):
    """Closed frames, in time order per machine: one row per machine and grid instant.

    A row holds the channels that were measured in its frame; an absent cell is a missing value.

    channels    : msgpack list[Channel], sorted by name; values are in their SI units
    seats       : msgpack list[Seat]
    seat        : u4[rows] index into `seats`
    time        : i8[rows] start of the frame, ns since the epoch
    width       : u2[rows] number of cells
    channel     : u2[cells] index into `channels`, rising within a row
    value       : f8[cells]
    quality     : u1[cells], see `Quality`
    grid_ns     : length of a frame
    accepted_ns : wall clock of the block that closed the last of them; for latency metrics only
    """

    channels: Raw
    seats: Raw
    seat: bytes
    time: bytes
    width: bytes
    channel: bytes
    value: bytes
    quality: bytes
    grid_ns: int
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


class Silence(Struct, frozen=True, array_like=True, tag="silence"):
    """Machines of which nothing came for longer than they may be silent.

    seats : msgpack list[Seat]
    seat  : u4[n] index into `seats`
    since : i8[n] end of the machine's last frame, ns since the epoch
    time  : i8[n] when it had been silent for too long; nothing of what came before it is behind this record
    """

    seats: Raw
    seat: bytes
    since: bytes
    time: bytes


class PlantChange(Struct, frozen=True, array_like=True, tag="plant"):
    """From here on this plant file is in force; it is copied into each partition of the log."""

    sha256: str
    toml: str


class Controlled(Struct, frozen=True, array_like=True, tag="control"):
    """What people have changed, copied from `pdm.ctl.v1`; it takes effect from its place in the log.

    position : its offset in that topic. After a crash `align` may copy it again: the first copy counts
    """

    position: int
    said: Control


LogRecord = Frames | Late | Silence | PlantChange | Controlled

__all__ = ["Channel", "Controlled", "Frames", "Late", "LogRecord", "PlantChange", "Seat", "Silence"]
