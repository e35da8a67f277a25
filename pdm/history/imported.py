"""Imported readings as blocks of the backfill topic: history reads it, alarms never do."""

import msgspec
import numpy as np
from msgspec import Raw

from pdm.broker.topics import BACKFILL
from pdm.chain.acquisition.columns import Columns, compact
from pdm.chain.acquisition.pack import Packed
from pdm.chain.acquisition.partition import partition_of
from pdm.records.block import Block, Machine, Source

_MOST_ROWS = 20_000


def pack_backfill(columns: Columns, source: Source, partitions: int, accepted_ns: int) -> list[Packed]:
    """Pack readings, those of a machine into its own partition; blocks have no frontier: no clock moves."""
    home = np.array([partition_of(asset, partitions) for asset in columns.assets])[columns.machine]
    found = []
    for partition in np.unique(home).tolist():
        mine = np.flatnonzero(home == partition)
        for begin in range(0, len(mine), _MOST_ROWS):
            some = compact(columns.rows(mine[begin : begin + _MOST_ROWS]))
            found.append(Packed(BACKFILL, partition, _block(some, source, accepted_ns)))
    return found


def _block(columns: Columns, source: Source, accepted_ns: int) -> Block:
    machines = [Machine(*pair) for pair in zip(columns.assets, columns.classes, strict=True)]
    return Block(
        source=source,
        machines=Raw(msgspec.msgpack.encode(machines)),
        channels=Raw(msgspec.msgpack.encode(columns.channels)),
        frontier=b"",
        machine=columns.machine.astype("<u4").tobytes(),
        channel=columns.channel.astype("<u2").tobytes(),
        time=columns.time.astype("<i8").tobytes(),
        value=columns.value.astype("<f8").tobytes(),
        quality=columns.quality.astype("u1").tobytes(),
        behind=b"",
        accepted_ns=accepted_ns,
    )
