"""Point metrics, their interval, and the trivial rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdm.evaluate import trivial
from pdm.evaluate.points import counts, interval, pooled, table_of
from pdm.evaluate.run import Run

S = 1_000_000_000


def make_run(labels: list[int], alarms: tuple[tuple[int, int | None], ...] = (), name: str = "a") -> Run:
    """Make a run sampled each second; alarms are given in rows."""
    spans = tuple((begin * S, None if end is None else end * S) for begin, end in alarms)
    return Run(name, np.arange(len(labels), dtype=np.int64) * S, np.array(labels, np.bool_), spans)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=80), st.integers(0, 90))
def test_pooled_figures_are_the_definitions(rows: list[tuple[bool, bool]], skip: int) -> None:
    """F1, false alarms and misses are what they are called, counted one by one."""
    run = make_run([int(label) for label, _ in rows])
    p = pooled(np.array([counts(run, np.array([alarm for _, alarm in rows]), skip)]))
    kept = rows[skip:]
    hit, normal = kept.count((True, True)), kept.count((False, True)) + kept.count((False, False))
    wrong, anomalous = kept.count((False, True)) + kept.count((True, False)), hit + kept.count((True, False))
    assert p.f1 == pytest.approx(2 * hit / (2 * hit + wrong), nan_ok=True) if hit + wrong else np.isnan(p.f1)
    assert p.far == pytest.approx(kept.count((False, True)) / normal) if normal else np.isnan(p.far)
    assert p.mar == pytest.approx(kept.count((True, False)) / anomalous) if anomalous else np.isnan(p.mar)


def test_an_alarm_covers_its_rows() -> None:
    """From the row that raised it to the one before it ended; without an end, to the last row."""
    assert make_run([0] * 8, ((2, 4), (6, None))).alarmed().astype(int).tolist() == [0, 0, 1, 1, 0, 0, 1, 1]
    assert not make_run([0] * 8).alarmed().any()


def test_no_point_is_adjusted() -> None:
    """One alarmed row in a long fault is one hit, not the whole fault."""
    run = make_run([0] * 450 + [1] * 100, ((500, 501),))
    assert counts(run, run.alarmed()).tolist() == [1, 0, 99, 50]


def test_the_interval_holds_the_figure_and_repeats_itself() -> None:
    """Drawing files again is seeded, and the figure of all files lies inside."""
    table = np.array([[80, 5, 20, 400], [95, 1, 5, 300], [50, 30, 50, 200], [70, 0, 30, 300]])
    low, high = interval(table)
    assert low < pooled(table).f1 < high
    assert interval(table) == (low, high)


def test_trivial_rows() -> None:
    """All ones misses nothing, the clock knows the time of the others' faults, random knows nothing."""
    runs = [make_run([0] * 500 + [1] * 100 + [0] * 100, name=str(k)) for k in range(3)]
    assert (trivial.all_ones(runs).far, trivial.all_ones(runs).mar) == (1.0, 0.0)
    assert trivial.clock(runs).f1 == 1.0
    assert trivial.random(runs).f1 < 0.2
    assert trivial.random(runs) == trivial.random(runs)


def test_the_clock_does_not_know_the_run_it_is_judged_on() -> None:
    """A single run tells a clock nothing."""
    run = make_run([0] * 500 + [1] * 100)
    assert trivial.clock([run]).mar == 1.0
    assert table_of([run]).shape == (1, 4)
