"""`python -m pdm.chain.warm`: compiles every kernel once, so that the first block does not wait for it."""

import msgspec
import numpy as np

from pdm.chain.acquisition.admit import admit
from pdm.chain.acquisition.decode import JSON
from pdm.chain.acquisition.pack import TOPICS, frontier_only, pack
from pdm.chain.detection import saving as banks
from pdm.chain.detection.bank import Bank
from pdm.chain.manipulation import saving as frames
from pdm.chain.manipulation.align import align
from pdm.chain.manipulation.buffers import Buffers
from pdm.chain.step import step
from pdm.plant.load import load
from pdm.records.block import Block, Machine, Source
from pdm.records.log import LogRecord

SECONDS = 3
START = 1_700_000_000


def warm() -> int:
    """Run a few readings through align and step, and their state through a restart.

    returns how many rows were judged
    """
    plant, source = load(None), Source()
    readings = [
        {"asset": "warm", "channel": "v", "quantity": "vibration", "value": 1.0, "unit": "mm/s"}
        | {"time": START + second, "time_unit": "s"}
        for second in range(SECONDS)
    ]
    columns = admit(msgspec.json.encode(readings), JSON, plant, (START + SECONDS) * 10**9).columns
    end = {Machine("warm"): (START + SECONDS) * 10**9 + source.lateness_ns}
    buffers, bank, judged = Buffers(plant), Bank(), 0
    packed = [*pack(columns, source, 1, 0), *frontier_only(end, source, 1, 0)]
    for offset, one in enumerate(packed):
        # As a worker has it: arrays over bytes that were received are compiled for read-only memory.
        block = msgspec.msgpack.decode(msgspec.msgpack.encode(one.block), type=Block)
        for record in align(buffers, TOPICS.index(one.topic), offset // len(TOPICS), block)[0]:
            received: LogRecord = msgspec.msgpack.decode(msgspec.msgpack.encode(record), type=LogRecord)
            judged += step(bank, int(np.max(bank.chunks.position)) + 1, received).rows
    frames.load(Buffers(plant), 0, frames.save(buffers, 0))
    banks.load(Bank(), 0, banks.save(bank, 0))
    return judged


if __name__ == "__main__":
    warm()
