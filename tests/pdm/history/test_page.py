"""Pages: followed by their cursors they give everything once."""

from pathlib import Path

import pytest
from histories import points, written
from logs import START, rows
from msgspec import structs

from pdm.history.page import page
from pdm.history.query import History, Query

ROWS = rows(2, 50, seed=4)
ALL = Query(begin_ns=0, end_ns=2**62, assets=("pump-0",))


@pytest.mark.parametrize("limit", [1, 2, 7, 1000])
def test_pages_follow_one_another(tmp_path: Path, limit: int) -> None:
    """Cut between instants, so a page of one holds all channels of its instant."""
    written(tmp_path, [ROWS[:30], ROWS[30:]], [[("pump-0", 86_400, ((0, 1.0),))]])
    found: list[tuple[str, int]] = []
    query, following = ALL, 0
    for _ in range(100):
        got, cursor = page(History(tmp_path), query, limit)
        channels = [got.signals[c].channel for c in got.code.tolist()]
        found += zip(channels, got.columns["time"].tolist(), strict=True)
        assert len(got) <= max(limit, 3)
        if cursor is None:
            break
        assert cursor > following
        query, following = structs.replace(query, begin_ns=cursor), cursor
    wanted = [(channel, time) for asset, channel, time, _, _ in points(tmp_path) if asset == "pump-0"]
    assert sorted(found) == sorted(wanted)


def test_a_page_that_takes_too_long_ends_where_it_is(tmp_path: Path) -> None:
    """Its cursor goes on behind the last span that was read."""
    written(tmp_path, [ROWS], [[("pump-0", 86_400, ((0, 1.0),))]])
    times = iter([0.0, 99.0])
    got, cursor = page(History(tmp_path), ALL, 1000, lambda: next(times))
    assert len(got) > 100
    assert cursor is not None
    rest, end = page(History(tmp_path), structs.replace(ALL, begin_ns=cursor), 1000)
    assert (rest.columns["time"].tolist(), end) == ([START + 86_400 * 10**9], None)


def test_where_nothing_was_written_there_is_nothing(tmp_path: Path) -> None:
    """The API may start before the historian."""
    got, cursor = page(History(tmp_path / "history"), ALL, 10)
    assert (len(got), cursor) == (0, None)
