"""Rows larger than a message, and crashes between their parts."""

from hypothesis import given
from hypothesis import strategies as st

from pdm.state.parts import PART, Cursor, decode, encode, join, moved, split


@given(st.integers(0, 3 * PART))
def test_a_row_of_any_size_comes_back(size: int) -> None:
    """No part is larger than a message may be."""
    row = bytes(size)
    places = moved({}, {"7": row})
    parts = dict(split("7", row, places["7"]))
    assert all(len(part) <= PART for part in parts.values())
    assert join("7", places["7"], parts) == row


def test_a_crash_between_two_parts_leaves_the_old_row_whole() -> None:
    """What is being written does not touch what counts."""
    old, new = b"o" * (2 * PART + 1), b"n" * (3 * PART)
    before = moved({}, {"7": old})
    kept = dict(split("7", old, before["7"]))
    after = moved(before, {"7": new})
    kept.update(list(split("7", new, after["7"]))[:2])
    assert join("7", before["7"], kept) == old


def test_rows_that_are_not_written_stay_where_they_are() -> None:
    """Chunks are saved in turn: the others keep their place."""
    first = moved({}, {"1": b"a", "2": b"b"})
    second = moved(first, {"2": b"c"})
    assert second["1"] == first["1"]
    assert second["2"] != first["2"]


def test_a_cursor_row_comes_back() -> None:
    """Offsets and places survive the wire."""
    cursor = Cursor([3, -1], {"7": (0, 3)})
    assert decode(encode(cursor)) == cursor
