"""History for notebooks."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from histories import IMPORTED, block, points, written
from logs import START, rows

from pdm.history.intake import Intake
from pdm.history.read import readings

ROWS = rows(2, 90, seed=5)


def test_a_table_has_everything_sorted(tmp_path: Path) -> None:
    """One column each, times in UTC, values in SI."""
    written(tmp_path / "history", [ROWS])
    found = readings(tmp_path, "2023-11-14T00:00:00Z", datetime(2023, 11, 15, tzinfo=UTC))
    assert found.num_rows == len(points(tmp_path / "history"))
    keys = list(zip(*(found[name].to_pylist() for name in ("asset", "channel")), strict=True))
    assert keys == sorted(keys)
    assert set(found["origin"].to_pylist()) == {"live"}
    assert found["time"].to_pylist()[0].timestamp() * 1e9 == START


def test_a_step_gives_averages(tmp_path: Path) -> None:
    """With lowest, highest, last and count, also over several hours read one after the other."""
    written(tmp_path / "history", [ROWS], [[("pump-0", 40_000, ((1, 5.0),))]])
    span = "2023-11-14T00:00:00Z", "2023-11-16T00:00:00Z"
    asked = readings(tmp_path, *span, ["pump-0"], ["de-velocity"], "1m")
    assert asked["count"].to_pylist()[-1] == 1
    assert sum(asked["count"].to_pylist()) > 80
    assert asked["low"].to_pylist()[-1] == asked["high"].to_pylist()[-1] == 5.0


@pytest.mark.parametrize(
    ("begin", "step"),
    [("yesterday", None), ("2026-01-01T00:00:00", None), ("2026-01-01T00:00:00Z", "1 month")],
)
def test_what_is_no_instant_or_step_is_refused(tmp_path: Path, begin: str, step: str | None) -> None:
    """By ValueError, as Python users expect."""
    with pytest.raises(ValueError, match=r"."):
        readings(tmp_path, begin, "2026-02-01T00:00:00Z", step=step)


def test_runs_do_not_mix(tmp_path: Path) -> None:
    """A replay is found under its name, the live plant under none."""
    writer = written(tmp_path / "history", [ROWS[:4]])
    intake = Intake(writer.manifest.offsets())
    intake.eat(IMPORTED, 0, msgspec.msgpack.encode(block([("pump-0", 1, ((0, 1.0),))], run="r")))
    assert writer.flush(intake.tray, intake.moved)
    span = "2023-01-01T00:00:00Z", "2024-01-01T00:00:00Z"
    assert readings(tmp_path, *span, run="r")["value"].to_pylist() == [1.0]
    assert set(readings(tmp_path, *span)["run"].to_pylist()) == {""}
