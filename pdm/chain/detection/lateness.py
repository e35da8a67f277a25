"""Readings that came too late are news of their sensor's clock, and of nothing else."""

import msgspec
import numpy as np

from pdm.chain.detection.bank import Bank
from pdm.records.block import Channel
from pdm.records.log import Late, Seat

FEW = 255
"""Where the count stops."""

_SEATS = msgspec.msgpack.Decoder(list[Seat])
_CHANNELS = msgspec.msgpack.Decoder(list[Channel])


def note_late(bank: Bank, offset: int, record: Late) -> None:
    """Count late readings with the sensors they came from; what has been eaten before counts no more.

    A machine or a channel of which no frame has ever come is passed over.
    """
    seats, channels = _SEATS.decode(record.seats), _CHANNELS.decode(record.channels)
    pairs = np.stack([np.frombuffer(record.seat, "<u4"), np.frombuffer(record.channel, "<u2")])
    found, counts = np.unique(pairs, axis=1, return_counts=True)
    machines = np.array([bank.registry.find(seat.run, seat.asset) for seat in seats], np.int64)
    known = machines >= 0
    fresh = np.zeros(len(seats), np.bool_)
    fresh[known] = bank.chunks.fresh(machines[known], 0, offset)
    bank.chunks.touch(np.unique(machines[fresh]))
    for (seat, channel), count in zip(found.T.tolist(), counts.tolist(), strict=True):
        if fresh[seat]:
            _count(bank, int(machines[seat]), bank.channel(channels[channel]), count)


def _count(bank: Bank, machine: int, channel: int, count: int) -> None:
    layout = bank.layout(machine)
    if channel in layout:
        slot = int(bank.tables.machines["first"][machine]) + layout.index(channel)
        late = bank.tables.watch.slots.sensor["late"]
        late[slot] = min(FEW, int(late[slot]) + count)
