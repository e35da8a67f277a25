"""Kernels made ready before the first block needs them; `python -m pdm.chain.warm` fills their cache."""

import msgspec
import numpy as np
from msgspec import Raw

from pdm.chain.acquisition.columns import Columns
from pdm.chain.acquisition.pack import TOPICS, frontier_only, pack
from pdm.chain.detection import saving as banks
from pdm.chain.detection.bank import Bank
from pdm.chain.manipulation import saving as frames
from pdm.chain.manipulation.align import align
from pdm.chain.manipulation.buffers import Buffers
from pdm.chain.step import step
from pdm.plant.load import load
from pdm.records.block import Block, Channel, Machine, Source
from pdm.records.log import Frames, LogRecord, Seat

SECONDS = 3
GRID = 1_000_000_000
START = 1_700_000_000 * GRID
ASSET = "warm"
CHANNEL = Channel("v", "vibration", "m/s")

_TIMES = START + GRID * np.arange(SECONDS)
_NONE = np.zeros(SECONDS)
_ENCODE = msgspec.msgpack.Encoder().encode


def warm_align() -> int:
    """Run a few readings through `align`, and its state through a restart; returns the rows that closed."""
    places, good = (_NONE.astype("u4"), _NONE.astype("u2")), np.full(SECONDS, 3, "u1")
    columns = Columns([ASSET], [""], [CHANNEL], *places, _TIMES, _NONE, good)
    source, buffers, closed = Source(), Buffers(load(None)), 0
    end = {Machine(ASSET): START + SECONDS * GRID + source.lateness_ns}
    for offset, packed in enumerate([*pack(columns, source, 1, 0), *frontier_only(end, source, 1, 0)]):
        # As a worker has it: arrays over bytes that were received are compiled for read-only memory.
        block = msgspec.msgpack.decode(_ENCODE(packed.block), type=Block)
        records, _ = align(buffers, TOPICS.index(packed.topic), offset // len(TOPICS), block)
        closed += sum(len(record.time) // 8 for record in records if isinstance(record, Frames))
    frames.load(Buffers(load(None)), 0, frames.save(buffers, 0))
    return closed


def warm_step() -> int:
    """Run a few frames through `step`, and its state through a restart; returns the rows that were judged."""
    written = Frames(
        channels=Raw(_ENCODE([CHANNEL])),
        seats=Raw(_ENCODE([Seat("", ASSET)])),
        seat=_NONE.astype("<u4").tobytes(),
        time=_TIMES.astype("<i8").tobytes(),
        width=np.ones(SECONDS, "<u2").tobytes(),
        channel=_NONE.astype("<u2").tobytes(),
        value=_NONE.tobytes(),
        quality=np.full(SECONDS, 3, "u1").tobytes(),
        grid_ns=GRID,
        accepted_ns=0,
    )
    received: LogRecord = msgspec.msgpack.decode(_ENCODE(written), type=LogRecord)
    bank = Bank()
    judged = step(bank, 0, received).rows
    banks.load(Bank(), 0, banks.save(bank, 0))
    return judged


if __name__ == "__main__":
    warm_align()
    warm_step()
