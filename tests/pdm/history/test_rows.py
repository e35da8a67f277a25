"""Rows: sorted by signal and time, one for each instant, by a rule that no order of arrival changes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pdm.history.rows import RAW, Origin, Rows, Signal, by_rank, joined, ordered, runs

SIGNALS = [Signal(f"pump-{m}", "", "t", "temperature", "K") for m in range(3)]
Row = tuple[int, int, int, int]
"""signal, time, origin, offset"""


def rows(some: list[Row]) -> Rows:
    """Make rows whose value is their place."""
    code, time, origin, offset = np.array(some, np.int64).reshape(-1, 4).T
    said = {"time": time, "value": np.arange(len(some)), "quality": np.full(len(some), 3)}
    said |= {"origin": origin, "offset": offset}
    return Rows(SIGNALS, code, {name: said[name].astype(kind) for name, kind in RAW.items()})


def naive(some: list[Row]) -> list[tuple[int, int, int]]:
    """Keep the best row of each signal and instant: (signal, time, place)."""
    best: dict[tuple[int, int], tuple[tuple[int, int], int]] = {}
    for place, (code, time, origin, offset) in enumerate(some):
        turn = (origin, offset if origin == Origin.LIVE else -offset)
        best[code, time] = min(best.get((code, time), (turn, place)), (turn, place))
    return [(*key, place) for key, (_, place) in sorted(best.items())]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 5), st.integers(0, 2), st.integers(0, 9))))
def test_of_several_rows_for_an_instant_the_rule_keeps_one(some: list[Row]) -> None:
    """Live before late before imported; the first live one, the last of the others."""
    found = ordered(rows(some))
    values = found.columns["value"].astype(int).tolist()
    assert list(zip(found.code.tolist(), found.columns["time"].tolist(), values, strict=True)) == naive(some)


@given(st.lists(st.integers(0, 2**40), max_size=50))
def test_ranks_are_sorted_stably_however_large(ranks: list[int]) -> None:
    """As NumPy's own stable sort does, in linear time."""
    array = np.array(ranks, np.int64)
    assert by_rank(array).tolist() == np.argsort(array, kind="stable").tolist()


def test_joined_parts_share_one_list_of_signals() -> None:
    """A code of one part may be another one in the whole."""
    late = Rows(SIGNALS[1:], np.array([0]), rows([(0, 7, 0, 0)]).columns)
    whole = joined([rows([(0, 1, 0, 0), (2, 2, 0, 0)]), late])
    assert [whole.signals[c].asset for c in whole.code.tolist()] == ["pump-0", "pump-2", "pump-1"]


def test_runs_begin_where_a_column_changes() -> None:
    """The first row begins one, and nothing begins in no rows."""
    assert runs(np.array([1, 1, 2, 2]), np.array([0, 0, 0, 1])).tolist() == [0, 2, 3]
    assert runs(np.array([])).tolist() == []
