"""A tray takes what the log says, and nothing that contradicts itself."""

import msgspec
import numpy as np
import pytest
from histories import block, late
from logs import frames, rows
from msgspec import structs

from pdm.history.rows import Origin
from pdm.history.tray import Tray
from pdm.records.log import Frames

ROWS = rows(3, 20, seed=3)


def test_rows_come_out_sorted_whatever_the_records() -> None:
    """Cut anywhere, the same readings give the same rows."""
    whole, cut = Tray(), Tray()
    whole.frames(frames(ROWS), 0)
    for begin in range(0, len(ROWS), 7):
        cut.frames(frames(ROWS[begin : begin + 7]), 0)
    one, other = whole.rows(), cut.rows()
    assert one.signals == other.signals == sorted(one.signals)
    assert one.code.tolist() == other.code.tolist()
    for name, column in one.columns.items():
        assert column.tobytes() == other.columns[name].tobytes(), name


def test_each_origin_is_counted() -> None:
    """As it came, repeats included."""
    tray = Tray()
    tray.frames(frames(ROWS[:3]), 0)
    tray.late(late(("pump-1", 1, ((0, 55.0),))), 1)
    tray.backfill(block([("pump-0", 1, ((0, 1.0), (1, 2.0)))]), 0)
    live = sum(len(cells) for *_, cells in ROWS[:3])
    assert tray.counts == {Origin.LIVE: live, Origin.LATE: 1, Origin.BACKFILL: 2}
    assert len(tray) == live + 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": b"1234"},
        {"time": b""},
        {"quality": b""},
        {"channel": np.full(40, 9, "<u2").tobytes()},
        {"seats": msgspec.Raw(msgspec.msgpack.encode([]))},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_record_that_contradicts_itself_leaves_it_as_it_was(wrong: dict[str, object]) -> None:
    """Lengths that differ, and indices that lead nowhere."""
    tray = Tray()
    tray.frames(frames(ROWS[:9]), 0)
    before = len(tray)
    record: Frames = structs.replace(frames(ROWS[9:]), **wrong)
    with pytest.raises(ValueError, match=r"\w"):
        tray.frames(record, 1)
    assert len(tray) == before
    assert len(tray.rows()) == before
