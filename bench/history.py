"""The history's cost: the ordered log into a tray, into Parquet, merged into an hour, and read back."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct

from bench.progress import say
from bench.workload import CHANNELS, START, USUAL, log
from pdm.broker.topics import FRAMES
from pdm.history.disk import Disk
from pdm.history.intake import Intake
from pdm.history.manifest import Grade
from pdm.history.merging import execute
from pdm.history.page import page
from pdm.history.plan import HOUR_NS, Job
from pdm.history.query import History, Query
from pdm.history.writing import Writer
from pdm.records.log import Frames

MACHINES, SECONDS, FILES = 1_000, 60, 8
READINGS = MACHINES * SECONDS * len(CHANNELS)
"""Of one file."""


class HistoryCost(Struct, frozen=True):
    """Figures of one process; CPU times are microseconds a reading.

    gather, write   : from the log's bytes to a tray; sorted, encoded, durable, counted
    merge           : eight files into one of the hour, once
    bytes_noise     : on the disk a reading, where every digit of a value is noise
    bytes_rounded   : likewise with values of four digits, as sensors give them
    machine_hour_ms : to read one machine's part of the merged file
    """

    gather_us: float
    write_us: float
    readings_per_s: int
    merge_us: float
    bytes_noise: float
    bytes_rounded: float
    machine_hour_ms: float


def run(seed: int = 7) -> HistoryCost:
    """Measure each figure on files of 480,000 readings; the first file warms up and does not count."""
    records = list(log(MACHINES, SECONDS * FILES, MACHINES, seed))
    with tempfile.TemporaryDirectory() as name:
        writer = _writer(Path(name) / "noise")
        costs = [_flush(writer, records[k * SECONDS : (k + 1) * SECONDS]) for k in range(FILES)]
        gather, write = np.min(np.array(costs[1:]), axis=0) / READINGS * 1e6
        say(f"gather {gather:.2f} us, write {write:.2f} us a reading")
        files = writer.manifest.files()
        job = Job(tuple(files), Grade.RAW, HOUR_NS)
        merge = _cpu(lambda: execute(writer, job, lambda _: "-")) / READINGS / FILES * 1e6
        query = Query(begin_ns=START, end_ns=START + HOUR_NS, assets=("pump-000500",))
        read = min(_cpu(lambda: page(History(writer.disk.folder), query, 100_000)) for _ in range(3))
        rounded = _writer(Path(name) / "rounded")
        _flush(rounded, [_rounded(record) for record in records[:SECONDS]])
        sizes = [file.bytes / file.rows for file in (files[1], rounded.manifest.files()[0])]
    return HistoryCost(
        gather_us=round(float(gather), 3),
        write_us=round(float(write), 3),
        readings_per_s=round(1e6 / float(gather + write)),
        merge_us=round(merge, 3),
        bytes_noise=round(sizes[0], 2),
        bytes_rounded=round(sizes[1], 2),
        machine_hour_ms=round(read * 1e3, 1),
    )


def _writer(folder: Path) -> Writer:
    writer = Writer(Disk(folder))
    writer.recover()
    return writer


def _flush(writer: Writer, records: list[bytes]) -> tuple[float, float]:
    """Gather and write one file; returns the CPU seconds of each."""
    intake, place = Intake(writer.manifest.offsets()), (FRAMES, 0)
    first = intake.offsets.get(place, 0)

    def gather() -> None:
        for offset, record in enumerate(records, start=first):
            intake.eat(place, offset, record)

    return _cpu(gather), _cpu(lambda: writer.flush(intake.tray, intake.moved))


def _rounded(record: bytes) -> bytes:
    """Give the values of a record four digits."""
    frames = msgspec.msgpack.decode(record, type=Frames)
    value = np.frombuffer(frames.value, "<f8").reshape(-1, len(USUAL))
    return msgspec.msgpack.encode(
        msgspec.structs.replace(frames, value=(np.round(value / USUAL, 4) * USUAL).tobytes())
    )


def _cpu(work: Callable[[], object]) -> float:
    """Return the CPU seconds that some work takes in this process."""
    began = time.process_time()
    work()
    return time.process_time() - began
