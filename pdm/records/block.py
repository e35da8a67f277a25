"""A columnar block: many readings of many assets of one partition in one message."""

from msgspec import Raw, Struct


class Source(Struct, frozen=True, array_like=True, gc=False):
    """Who delivered readings, and what it promises about their order.

    name        : an API key's name, a replay run, a simulator
    run         : namespace of a replay run, "" for the live plant
    lateness_ns : how far behind the newest time of a machine a reading may come
    """

    name: str = "default"
    run: str = ""
    lateness_ns: int = 2_000_000_000


class Channel(Struct, frozen=True, array_like=True, order=True, gc=False):
    """One measured signal of a machine; `unit` is the SI unit its values are in."""

    name: str
    quantity: str
    unit: str


class Machine(Struct, frozen=True, array_like=True, gc=False):
    """A machine as a block names it; `machine_class` is "" where nobody declared one."""

    asset: str
    machine_class: str = ""


class Block(Struct, frozen=True, array_like=True):
    """Readings of one flush, one partition and one topic, as parallel arrays (little-endian).

    A flush writes one block to each quantity topic, also where it has no reading for it, so that
    every topic carries the `frontier` and nothing depends on how topics interleave.

    machines    : msgpack list[Machine], all machines of the flush in this partition
    channels    : msgpack list[Channel], those of this block
    frontier    : i8[machines], newest data time in ns each machine has delivered up to and with
                  this flush; also how a heartbeat, or the end of a file, closes the last frames
    machine     : u4[n] index into `machines`
    channel     : u2[n] index into `channels`
    time        : i8[n] data time, ns since the epoch
    value       : f8[n] in the channel's SI unit, finite
    quality     : u1[n], see `Quality`
    behind      : i8[n] or empty where all are 0: how far, in ns, the machine's newest time among
                  the readings before this one in the flush was ahead of it
    accepted_ns : wall clock at the gateway; for latency metrics, never for a result
    watched     : i8[machines] or empty: how far, on its source's clock, each machine is known to have
                  delivered nothing beyond its frontier; then it moves no frontier and makes nothing late
    """

    source: Source
    machines: Raw
    channels: Raw
    frontier: bytes
    machine: bytes
    channel: bytes
    time: bytes
    value: bytes
    quality: bytes
    behind: bytes
    accepted_ns: int
    watched: bytes = b""
