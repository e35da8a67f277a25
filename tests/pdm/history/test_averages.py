"""Averages over buckets of time."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pdm.history.averages import averaged, not_covered
from pdm.history.rows import RAW, Rows, Signal, joined

SIGNALS = [Signal("pump-1", "", name, "temperature", "K") for name in ("a", "b")]


def rows(times: list[int], values: list[float], quality: int = 3, code: int = 0) -> Rows:
    """Make readings of one signal."""
    said = {"time": times, "value": values, "quality": [quality] * len(times), "origin": [0] * len(times)}
    said |= {"offset": [0] * len(times)}
    columns = {name: np.array(said[name], kind) for name, kind in RAW.items()}
    return Rows(SIGNALS, np.full(len(times), code), columns)


@given(st.lists(st.tuples(st.integers(-100, 100), st.integers(-9, 9)), min_size=1, unique_by=lambda r: r[0]))
def test_a_bucket_says_mean_lowest_highest_last_and_count(readings: list[tuple[int, int]]) -> None:
    """As counted by hand, also before the epoch."""
    readings.sort()
    found = averaged(rows([t for t, _ in readings], [float(v) for _, v in readings]), 10).columns
    buckets = sorted({t - t % 10 for t, _ in readings})
    assert found["time"].tolist() == buckets
    for i, bucket in enumerate(buckets):
        inside = [v for t, v in readings if t - t % 10 == bucket]
        assert found["value"][i] == sum(inside) / len(inside)
        said = [float(found[name][i]) for name in ("low", "high", "last", "count")]
        assert said == [min(inside), max(inside), inside[-1], len(inside)]


def test_averages_of_averages_are_those_of_the_readings() -> None:
    """Each counts as often as it says."""
    readings = rows([0, 1, 2, 10, 20], [1.0, 2.0, 6.0, 11.0, 5.0])
    once, twice = averaged(readings, 30).columns, averaged(averaged(readings, 10), 30).columns
    assert {name: column.tolist() for name, column in once.items()} == {
        name: column.tolist() for name, column in twice.items()
    }


def test_bad_readings_count_for_nothing() -> None:
    """A bucket of bad ones alone has no row."""
    mixed = joined([rows([0], [5.0]), rows([1, 20], [99.0, 99.0], quality=1)])
    found = averaged(mixed, 10).columns
    assert (found["time"].tolist(), found["high"].tolist()) == ([0], [5.0])


def test_a_bucket_that_was_averaged_is_final() -> None:
    """Later readings of that signal fill empty buckets only."""
    there = averaged(rows([0, 5], [1.0, 3.0]), 10)
    later = joined([rows([7, 12], [9.0, 9.0]), rows([7], [9.0], code=1)])
    left = not_covered(later, there, 10)
    assert list(zip(left.code.tolist(), left.columns["time"].tolist(), strict=True)) == [(0, 12), (1, 7)]
