"""A log record as arrays, every index checked before compiled code follows it."""

import numpy as np

from pdm.chain.detection.bank import Bank
from pdm.chain.detection.scan import Rows
from pdm.records.log import Frames


def decode(bank: Bank, offset: int, record: Frames) -> Rows:
    """View a record's bytes as arrays; machines whose chunk has eaten this offset are left out.

    raises ValueError where the arrays do not fit each other or their dictionaries
    """
    machines, channels = bank.machines_of(record.seats), bank.channels_of(record.channels)
    width = np.frombuffer(record.width, "<u2")
    rows = Rows(
        machine_of=np.where(bank.chunks.fresh(machines, 0, offset), machines, -1),
        channel_of=channels,
        seat=np.frombuffer(record.seat, "<u4"),
        time=np.frombuffer(record.time, "<i8"),
        begin=np.concatenate([np.zeros(1, np.int64), np.cumsum(width, dtype=np.int64)]),
        channel=np.frombuffer(record.channel, "<u2"),
        value=np.frombuffer(record.value, "<f8"),
        quality=np.frombuffer(record.quality, "u1"),
        grid=record.grid_ns,
        offset=offset,
        marks=np.zeros(0, np.uint8),
    )
    cells = int(rows.begin[-1])
    if not len(rows.seat) == len(rows.time) == len(width) or record.grid_ns <= 0:
        raise ValueError("the rows of this record have different lengths")
    if not len(rows.channel) == len(rows.value) == len(rows.quality) == cells:
        raise ValueError("the cells of this record have different lengths")
    if len(rows.seat) and rows.seat.max() >= len(machines):
        raise ValueError("a row of this record points behind its seats")
    if cells and rows.channel.max() >= len(channels):
        raise ValueError("a cell of this record points behind its channels")
    return rows


def discover(bank: Bank, rows: Rows) -> bool:
    """Give every machine of a record the channels it does not have yet; tells whether any was new."""
    machine = np.repeat(rows.machine_of[rows.seat], np.diff(rows.begin)).astype(np.int64)
    pairs = np.unique(machine << 20 | rows.channel_of[rows.channel])
    wanted: dict[int, list[int]] = {}
    for pair in pairs[pairs >= 0].tolist():
        wanted.setdefault(pair >> 20, []).append(pair & 0xFFFFF)
    found = False
    for m, channels in wanted.items():
        if not set(channels) <= set(bank.layout(m)):
            bank.widen(m, channels)
            found = True
    return found
