"""Blocks made the slow way from plain readings, and frames read back from the log."""

import msgspec
import numpy as np
from msgspec import Raw
from naive import Frame, Reading

from pdm.records.block import Block, Channel, Machine, Source
from pdm.records.log import Frames, LogRecord, Seat, Silence

TOPIC_OF = {"vibration": 0, "temperature": 1, "pressure": 2}


def channel(name: str) -> Channel:
    """Return the channel called `name`; its first letters say what it measures."""
    quantity = {"v": "vibration", "t": "temperature", "p": "pressure"}.get(name[0], "flow")
    unit = {"vibration": "m/s", "temperature": "K", "pressure": "Pa"}.get(quantity, "m3/s")
    return Channel(name, quantity, unit)


def flush(readings: list[Reading], source: Source) -> list[Block]:
    """Turn the readings of one flush into the four blocks of one partition."""
    assets = sorted({r[0] for r in readings})
    newest: dict[str, int] = {}
    behind = []
    for asset, _, time, _, _ in readings:
        behind.append(max(newest.get(asset, time) - time, 0))
        newest[asset] = max(newest.get(asset, time), time)
    blocks = []
    for topic in range(4):
        mine = [i for i, r in enumerate(readings) if TOPIC_OF.get(channel(r[1]).quantity, 3) == topic]
        channels = sorted({channel(readings[i][1]) for i in mine})
        blocks.append(
            Block(
                source=source,
                machines=Raw(msgspec.msgpack.encode([Machine(asset) for asset in assets])),
                channels=Raw(msgspec.msgpack.encode(channels)),
                frontier=np.array([newest[a] for a in assets], "<i8").tobytes(),
                machine=np.array([assets.index(readings[i][0]) for i in mine], "<u4").tobytes(),
                channel=np.array([channels.index(channel(readings[i][1])) for i in mine], "<u2").tobytes(),
                time=np.array([readings[i][2] for i in mine], "<i8").tobytes(),
                value=np.array([readings[i][3] for i in mine], "<f8").tobytes(),
                quality=np.array([readings[i][4] for i in mine], "u1").tobytes(),
                behind=np.array([behind[i] for i in mine], "<i8").tobytes(),
                accepted_ns=0,
            )
        )
    return blocks


def end(assets: list[str], time: int, source: Source) -> list[Block]:
    """Say that these machines deliver nothing more before `time`."""
    machines = Raw(msgspec.msgpack.encode([Machine(asset) for asset in assets]))
    frontier = np.full(len(assets), time, "<i8").tobytes()
    nothing = Raw(msgspec.msgpack.encode([]))
    return [Block(source, machines, nothing, frontier, b"", b"", b"", b"", b"", b"", 0)] * 4


def still(assets: dict[str, int], watched: int, source: Source) -> list[Block]:
    """Say that of these machines nothing came since the instants given, up to `watched`."""
    blocks = end(sorted(assets), 0, source)
    frontier = np.array([assets[asset] for asset in sorted(assets)], "<i8").tobytes()
    clock = np.full(len(assets), watched, "<i8").tobytes()
    return [msgspec.structs.replace(block, frontier=frontier, watched=clock) for block in blocks]


def log_by_machine(records: list[LogRecord]) -> dict[str, list[Frame | tuple[str, int, int]]]:
    """Read frames and silences of the log back, machine by machine; a silence is (asset, since, time)."""
    result: dict[str, list[Frame | tuple[str, int, int]]] = {}
    for record in records:
        if isinstance(record, Frames):
            for frame in frames_of(record):
                result.setdefault(frame[0], []).append(frame)
        elif isinstance(record, Silence):
            seats = msgspec.msgpack.decode(record.seats, type=list[Seat])
            arrays = (np.frombuffer(record.seat, "<u4"), np.frombuffer(record.since, "<i8"))
            for seat, since, time in zip(*arrays, np.frombuffer(record.time, "<i8"), strict=True):
                result.setdefault(seats[seat].asset, []).append((seats[seat].asset, int(since), int(time)))
    return result


def frames_by_machine(records: list[LogRecord]) -> dict[str, list[Frame]]:
    """Read all frames of the log back, machine by machine."""
    result: dict[str, list[Frame]] = {}
    for record in records:
        if isinstance(record, Frames):
            for frame in frames_of(record):
                result.setdefault(frame[0], []).append(frame)
    return result


def frames_of(record: Frames) -> list[Frame]:
    """Read the frames of one record of the log."""
    seats = msgspec.msgpack.decode(record.seats, type=list[Seat])
    channels = msgspec.msgpack.decode(record.channels, type=list[Channel])
    widths = np.frombuffer(record.width, "<u2")
    cells = list(
        zip(
            [channels[c].name for c in np.frombuffer(record.channel, "<u2")],
            np.frombuffer(record.value, "<f8").tolist(),
            np.frombuffer(record.quality, "u1").tolist(),
            strict=True,
        )
    )
    frames, begin = [], 0
    times = np.frombuffer(record.time, "<i8").tolist()
    for seat, time, width in zip(np.frombuffer(record.seat, "<u4"), times, widths.tolist(), strict=True):
        frames.append((seats[seat].asset, time, tuple(cells[begin : begin + width])))
        begin += width
    return frames
