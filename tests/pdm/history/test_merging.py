"""Merging: other files, the same readings."""

from pathlib import Path

import pytest
from histories import points, written
from hypothesis import given
from hypothesis import strategies as st
from logs import START, LogRow, rows

from pdm.history import merging
from pdm.history.keep import Keep
from pdm.history.manifest import Grade
from pdm.history.merging import borders, execute
from pdm.history.plan import DAY_NS, HOUR_NS, Job, next_job
from pdm.history.writing import Writer

ROWS = rows(4, 30, seed=2)
PARTS = [ROWS[i : i + 10] for i in range(0, len(ROWS), 10)]


def tidy(writer: Writer, days: float, keep: Keep) -> list[Grade]:
    """Do every job that is due so many days after the data; returns the grades that are left."""
    now = START / 1e9 + days * 86_400
    for _ in range(20):
        job = next_job(writer.manifest.files(), now, keep)
        if job is None:
            break
        assert execute(writer, job, lambda asset: "north" if asset < "pump-2" else "south")
    return [file.grade for file in writer.manifest.files()]


def test_merged_files_hold_the_same_readings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By site and day, in chunks of few machines, and again into one."""
    monkeypatch.setattr(merging, "CHUNK", 10)
    writer = written(tmp_path, PARTS, [[("pump-9", 3, ((0, 1.0),))]])
    before = points(tmp_path)
    assert len(before) > 300
    assert tidy(writer, 3, Keep()) == [Grade.RAW] * 2
    assert points(tmp_path) == before
    assert sorted(file.site for file in writer.manifest.files()) == ["north", "south"]
    assert all(f"site={f.site}/date=2023-11-14/" in f.path for f in writer.manifest.files())


def test_a_job_whose_files_are_gone_changes_nothing(tmp_path: Path) -> None:
    """Somebody else was faster: what was written is deleted again."""
    writer = written(tmp_path, PARTS)
    job = next_job(writer.manifest.files(), 2e9, Keep())
    assert job
    assert execute(writer, job, lambda _: "-")
    before = writer.disk.paths()
    assert not execute(writer, job, lambda _: "-")
    assert writer.disk.paths() == before


def test_an_old_day_answers_with_its_averages(tmp_path: Path) -> None:
    """And what is imported into it later fills the empty minutes alone, each time the same."""
    keep = Keep(raw=10, minute=400, hour=500)
    writer = written(tmp_path, PARTS)
    count = {asset for asset, *_ in points(tmp_path)}
    assert tidy(writer, 30, keep) == [Grade.MINUTE] * 2
    minutes = points(tmp_path)
    assert {time % (60 * 10**9) for _, _, time, _, _ in minutes} == {0}
    assert {asset for asset, *_ in minutes} == count
    for _ in range(2):
        later: list[LogRow] = [("pump-0", 3, ((0, 1e6),)), ("pump-0", 600, ((0, 7.0),))]
        written(tmp_path, [], [later])
        assert tidy(writer, 30, keep) == [Grade.MINUTE] * 2
        added = [point for point in points(tmp_path) if point not in minutes]
        assert [(one[0], *one[3:]) for one in added] == [("pump-0", 7.0, "backfill")]


GROUP = st.tuples(st.integers(0, 30), st.integers(0, 3), st.integers(1, 9))
"""First and last machine of a row group, and its rows."""


@given(st.lists(GROUP, min_size=1), st.integers(1, 20))
def test_borders_cover_every_machine_once(groups: list[tuple[int, int, int]], chunk: int) -> None:
    """Whatever row groups overlap: each name is in exactly one range."""
    extents = [(f"p{first:03d}", f"p{first + width:03d}", rows) for first, width, rows in groups]
    ranges = list(borders(extents, chunk))
    names = {name for first, last, _ in extents for name in (first, last)}
    for name in names:
        assert sum((low is None or low <= name) and name <= high for low, high in ranges) == 1


def test_a_day_may_come_from_hours(tmp_path: Path) -> None:
    """Hours of one site are read chunk by chunk and become one file."""
    writer = written(tmp_path, PARTS)
    before = points(tmp_path)
    for file in writer.manifest.files():
        assert execute(writer, Job((file,), Grade.RAW, HOUR_NS), lambda _: "-")
    files = writer.manifest.files()
    assert len(files) == len(PARTS)
    assert execute(writer, Job(tuple(files), Grade.RAW, DAY_NS), lambda _: "-")
    assert [Path(file.path).name.split("-")[0] for file in writer.manifest.files()] == ["day"]
    assert points(tmp_path) == before


def test_an_hour_is_made_of_all_that_is_left_of_it(tmp_path: Path) -> None:
    """Averages of minutes, and readings that were imported since, count together."""
    writer = written(tmp_path, [[("pump-0", 0, ((0, 1.0),)), ("pump-0", 1, ((0, 3.0),))]])
    assert tidy(writer, 30, Keep(raw=10, minute=400, hour=500)) == [Grade.MINUTE]
    written(tmp_path, [], [[("pump-0", 120, ((0, 8.0),))]])
    assert tidy(writer, 30, Keep(raw=10, minute=10, hour=500)) == [Grade.HOUR]
    assert [value for _, _, _, value, _ in points(tmp_path)] == [4.0]
