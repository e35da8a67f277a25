"""A history made by its own writer, from the log of a simulated plant, and read back as plain points."""

from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
import numpy as np
from logs import CHANNELS, START, LogRow, frames
from msgspec import Raw

from pdm.broker.topics import BACKFILL, FRAMES
from pdm.history.disk import Disk
from pdm.history.intake import Intake
from pdm.history.manifest import Place
from pdm.history.query import History, Query
from pdm.history.writing import Writer
from pdm.records.block import Block, Machine, Source
from pdm.records.log import Late, Seat

SECOND = 1_000_000_000
PLACE: Place = (FRAMES, 0)
IMPORTED: Place = (BACKFILL, 0)

Point = tuple[str, str, int, float, str]
"""asset, channel, time in ns, value, origin"""


class Crash(Exception):  # noqa: N818 - it is what it says
    """The process has ended here."""


def crashing(at: int) -> Callable[[str], None]:
    """Make a disk's steps crash before the one with this number."""
    left = [at]

    def step(_what: str) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Crash

    return step


def late(row: LogRow) -> Late:
    """Write one late reading for each cell of a row."""
    asset, second, cells = row
    return Late(
        seats=Raw(msgspec.msgpack.encode([Seat("", asset, "pump")])),
        channels=Raw(msgspec.msgpack.encode(CHANNELS)),
        seat=np.zeros(len(cells), "<u4").tobytes(),
        channel=np.array([c for c, _ in cells], "<u2").tobytes(),
        time=np.full(len(cells), START + second * SECOND, "<i8").tobytes(),
        value=np.array([v for _, v in cells], "<f8").tobytes(),
    )


def block(rows: list[LogRow], run: str = "") -> Block:
    """Write rows as an imported block."""
    assets = sorted({row[0] for row in rows})
    cells = [(assets.index(a), c, START + s * SECOND, v) for a, s, row in rows for c, v in row]
    machine, channel, time, value = zip(*cells, strict=True)
    return Block(
        source=Source("import", run, 0),
        machines=Raw(msgspec.msgpack.encode([Machine(asset) for asset in assets])),
        channels=Raw(msgspec.msgpack.encode(CHANNELS)),
        frontier=b"",
        machine=np.array(machine, "<u4").tobytes(),
        channel=np.array(channel, "<u2").tobytes(),
        time=np.array(time, "<i8").tobytes(),
        value=np.array(value, "<f8").tobytes(),
        quality=np.full(len(cells), 3, "u1").tobytes(),
        behind=b"",
        accepted_ns=0,
    )


def written(
    folder: Path, rows: Iterable[list[LogRow]], imported: Iterable[list[LogRow]] = (), now: float = 1.7e9
) -> Writer:
    """Write each part as a record and a file of its own, frames first."""
    writer = Writer(Disk(folder), lambda: now)
    writer.recover()
    for place, parts in ((PLACE, [frames(r) for r in rows]), (IMPORTED, [block(r) for r in imported])):
        for record in parts:
            intake = Intake(writer.manifest.offsets())
            intake.eat(place, intake.offsets.get(place, 0), msgspec.msgpack.encode(record))
            assert writer.flush(intake.tray, intake.moved)
    return writer


def points(folder: Path, **asked: object) -> list[Point]:
    """Read everything back."""
    query = msgspec.convert({"begin_ns": 0, "end_ns": 2**62, **asked}, Query)
    found: list[Point] = []
    for _, rows in History(folder).spans(query):
        columns = rows.columns
        for i, code in enumerate(rows.code.tolist()):
            signal = rows.signals[code]
            origin = ("live", "late", "backfill")[columns["origin"][i]]
            time, value = int(columns["time"][i]), float(columns["value"][i])
            found.append((signal.asset, signal.channel, time, value, origin))
    return sorted(found)
