"""A history that lacks a reading, has another value or has one twice is told from one that is whole."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from msgspec import structs

from bench.kept import Kept, Readings
from pdm.chain.acquisition.columns import Columns
from pdm.history.disk import Disk
from pdm.history.manifest import Grade
from pdm.history.rows import RAW, Origin, Rows, Signal
from pdm.history.writing import Writer
from pdm.instant import NS
from pdm.records.block import Channel

START_NS, SECONDS = 1_767_225_600 * NS, 4
SIGNAL = Signal("a", "", "v", "vibration", "m/s")


def _columns() -> Columns:
    """Four readings of one channel, a second apart."""
    return Columns(
        assets=["a"],
        classes=[""],
        channels=[Channel("v", "vibration", "m/s")],
        machine=np.zeros(SECONDS, np.uint32),
        channel=np.zeros(SECONDS, np.uint16),
        time=START_NS + np.arange(SECONDS) * NS,
        value=np.arange(SECONDS) + 0.5,
        quality=np.zeros(SECONDS, np.uint8),
    )


def _rows(signal: Signal = SIGNAL, origin: Origin = Origin.LIVE, first_offset: int = 10) -> Rows:
    """The same four as the history has them."""
    content = {
        "time": START_NS + np.arange(SECONDS) * NS,
        "value": np.arange(SECONDS) + 0.5,
        "origin": np.full(SECONDS, origin),
        "offset": np.arange(first_offset, first_offset + SECONDS),
    }
    columns = {name: content.get(name, np.zeros(SECONDS)).astype(kind) for name, kind in RAW.items()}
    return Rows([signal], np.zeros(SECONDS, np.int64), columns)


def _another_value(rows: Rows) -> Rows:
    value = rows.columns["value"].copy()
    value[2] += 1e-9
    return structs.replace(rows, columns={**rows.columns, "value": value})


def _compared(folder: Path, *files: Rows) -> Kept:
    """Write files that count, and hold them against the readings."""
    writer = Writer(Disk(folder))
    writer.recover()
    writer.manifest.commit([writer.put(Grade.HOT, "", f"hot/{n}", [rows]) for n, rows in enumerate(files)])
    readings = Readings([("a", "v")], START_NS, SECONDS)
    readings.note(_columns())
    return readings.compare(folder)


def test_a_whole_history_lacks_nothing(tmp_path: Path) -> None:
    """Rows of other machines, of a replay run and of what came late are beside the point."""
    others = [
        _rows(SIGNAL._replace(asset="b")),
        _rows(SIGNAL._replace(run="again")),
        _rows(origin=Origin.LATE),
    ]
    assert _compared(tmp_path, _rows(), *others) == Kept(0, 0)


def test_a_frame_written_again_further_on_in_the_log_is_no_duplicate(tmp_path: Path) -> None:
    """Whoever reads takes the first; the second is the log's, and written once."""
    assert _compared(tmp_path, _rows(), _another_value(_rows(first_offset=90))) == Kept(0, 0)


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda rows: [rows.take(slice(1, None))], Kept(1, 0)),
        (lambda rows: [_another_value(rows)], Kept(1, 0)),
        (lambda rows: [rows, rows.take(slice(0, 3))], Kept(0, 3)),
        (lambda _: [_rows(SIGNAL._replace(run="again"))], Kept(4, 0)),
    ],
)
def test_what_is_wrong_is_counted(tmp_path: Path, spoil: Callable[[Rows], list[Rows]], found: Kept) -> None:
    """A reading that is not there, one with another value, some written twice, all of them elsewhere."""
    assert _compared(tmp_path, *spoil(_rows())) == found
