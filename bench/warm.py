"""Kernels compiled and cached before anything is measured."""

import msgspec
import numpy as np

from bench.workload import flush, log_start, plant
from pdm.chain.acquisition.pack import TOPICS, pack
from pdm.records.block import Source
from streams.align import AlignCore
from streams.monitor import MonitorCore


def warm() -> None:
    """Send a few frames of a few machines through align and the monitor, and save both."""
    align, monitor, rng = AlignCore(plant()), MonitorCore(), np.random.default_rng(0)
    logged = [log_start()]
    for second in range(10):
        for packed in pack(flush(4, second, rng), Source("warm"), 1, 0):
            block = msgspec.msgpack.encode(packed.block)
            logged += [m.value for m in align.eat(TOPICS.index(packed.topic), second, block)]
    for offset, record in enumerate(logged):
        monitor.eat(0, offset, record)
    monitor.views()
    AlignCore(plant()).restore(align.rows(), align.cursor())
    MonitorCore().restore(monitor.rows(), monitor.cursor())
