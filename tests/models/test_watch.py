"""The compiled row functions against the plain oracle, and what an alarm may and may not do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_watch import Channel, Frame
from naive_watch import watch as naive

from models import alarm, grade, watch
from models.pace import Pace, pace
from models.row import Array, Row

QUICK = pace(smooth=3.0, delay=12.0, memory=60.0, ready=12.0, release=5.0)
CHANGES = {alarm.NONE: "", alarm.UPDATE: "update", alarm.RAISE: "raise", alarm.CLEAR: "clear"}


def make_kit(width: int, tempo: Pace = QUICK, absolute: float = 1.0) -> watch.Kit:
    """Parameters of a machine whose channels have an allowance and no limits."""
    kit = watch.unset(1, width, tempo)
    kit.channels.drift["absolute"] = absolute
    for name in ("low_low", "low", "high", "high_high"):
        kit.channels.limits[name] = np.nan
    return kit


def run(kit: watch.Kit, X: Array, steps: Array | None = None, state: watch.State | None = None) -> list[int]:
    """Run rows of one machine; NaN is missing. Returns the change of the alarm at each."""
    state, width = state or watch.fresh(1, X.shape[1]), X.shape[1]
    parts, ok = np.zeros((watch.PARTS, width)), np.ones(width, np.bool_)
    gaps = np.ones(len(X), np.int64) if steps is None else steps
    return [
        watch.watch_row(state, kit, Row(0, 0, width, int(gap), x, ok), parts)
        for gap, x in zip(gaps, X, strict=True)
    ]


def calm(frames: int, width: int = 1, seed: int = 0) -> Array:
    """Values at rest about 100, well within an allowance of 1."""
    return 100.0 + np.random.default_rng(seed).normal(0.0, 0.1, (frames, width))


VALUES = st.one_of(st.none(), st.floats(-3.0, 3.0), st.sampled_from([0.0, 0.2, 6.0, -6.0, 900.0]))
RUNS = st.lists(
    st.tuples(st.sampled_from([1, 1, 1, 2, 7, 250]), st.tuples(VALUES, VALUES), st.integers(1, 25)),
    min_size=1, max_size=25,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    RUNS,
    st.booleans(),
    st.sampled_from([0.0, 0.01]),
    st.sampled_from([0, 1]),
    st.booleans(),
    st.sampled_from([(0.0, 0), (0.3, 2), (1.5, 0)]),
)
def test_compiled_rows_equal_the_oracle(
    runs: list[tuple[int, tuple[float | None, ...], int]],
    follows: bool,
    relative: float,
    group: int,
    rises: bool,
    sisters: tuple[float, int],
) -> None:
    """Scores, parts and alarms are those of the plain version, bit for bit."""
    frames: list[Frame] = [
        (steps, [None if v is None else 100.0 + v for v in values])
        for steps, values, n in runs
        for _ in range(n)
    ]
    kit, state, parts = make_kit(2), watch.fresh(1, 2), np.zeros((watch.PARTS, 2))
    kit.channels.drift["follows"][1], kit.channels.drift["relative"] = follows, relative
    kit.channels.drift["group"], kit.channels.drift["rises"][0] = group, rises
    kit.channels.drift["wander"][0], kit.channels.drift["ready"][0] = wander, ready = sisters
    first = Channel(relative, 1.0, follows=False, group=group, rises=rises, wander=wander, ready=ready)
    expected = naive(frames, [first, Channel(relative, 1.0, follows=follows, group=group)], QUICK)
    for (steps, values), (score, shares, change) in zip(frames, expected, strict=True):
        x, ok = np.array([np.nan if v is None else v for v in values]), np.ones(2, np.bool_)
        code = watch.watch_row(state, kit, Row(0, 0, 2, steps, x, ok), parts)
        assert state.machines.alarm["score"][0] == score
        assert parts[watch.DRIFT].tolist() == shares
        assert CHANGES[code] == change


def test_a_step_raises_one_alarm_and_its_end_clears_it() -> None:
    """A step of three allowances is one alarm, and it ends after the step has ended."""
    X = calm(600)
    X[300:400] += 3.0
    codes = run(make_kit(1, pace()), X)
    (raised,), (cleared,) = (
        [t for t, c in enumerate(codes) if c == code] for code in (alarm.RAISE, alarm.CLEAR)
    )
    assert 300 < raised < 315
    assert 400 + 15 <= cleared < 450


def test_a_standing_fault_does_not_vanish() -> None:
    """Patience is no reason to clear: after four thousand frames the alarm still stands."""
    X = calm(4500)
    X[300:] += 3.0
    codes = run(make_kit(1, pace()), X)
    assert codes.count(alarm.RAISE) == 1
    assert codes.count(alarm.CLEAR) == 0


def test_one_wild_value_raises_nothing() -> None:
    """A single spike of any size is no alarm, neither by drift nor by limits."""
    kit = make_kit(1, pace())
    kit.channels.limits["high"], kit.channels.limits["high_high"] = 110.0, 120.0
    X = calm(600)
    X[300] = 1e9
    assert set(run(kit, X)) == {alarm.NONE}


def test_limits_judge_from_the_first_samples_and_freeze_learning() -> None:
    """A machine that is born beyond a limit is in alarm at once, and its baseline is not learnt there."""
    kit, state = make_kit(1, pace()), watch.fresh(1, 1)
    kit.channels.limits["high"] = 90.0
    codes = run(kit, calm(500), state=state)
    assert codes[1] == alarm.RAISE
    assert alarm.CLEAR not in codes
    assert state.slots.drift["learnt"][0] == 0


def test_no_alarm_is_cleared_beyond_a_limit() -> None:
    """Falling to half its peak is not enough where a limit is still crossed."""
    kit = make_kit(1, pace(), absolute=0.0)
    kit.channels.limits["high"], kit.channels.limits["high_high"] = 110.0, 120.0
    X = np.full((300, 1), 100.0)
    X[20:60], X[60:200] = 160.0, 115.0
    codes = run(kit, X)
    assert codes.index(alarm.CLEAR) == 200 + 14
    assert codes.count(alarm.RAISE) == 1


def test_the_delays_of_the_channel_that_leads_count() -> None:
    """Raised after 7 frames above its line, cleared after 40 of calm; for the other the usual ones count."""
    kit = make_kit(2, pace(), absolute=0.0)
    kit.channels.limits["high"], kit.channels.limits["high_high"] = 110.0, 120.0
    kit.channels.alarm["on"][0], kit.channels.alarm["release"][0] = 7, 40
    X = np.full((400, 2), 100.0)
    X[50:100, 0], X[300:310, 1] = 115.0, 115.0
    codes = run(kit, X)
    assert [t for t, code in enumerate(codes) if code == alarm.RAISE] == [50 + 6, 300 + 1]
    assert [t for t, code in enumerate(codes) if code == alarm.CLEAR] == [100 + 39, 310 + 14]


@pytest.mark.parametrize(("calm_at", "cleared"), [(0.9, 100), (0.6, 200), (0.3, 300)])
def test_a_deadband_of_its_own_counts_whatever_the_peak_was(calm_at: float, cleared: int) -> None:
    """Down in steps of scores 0.8, 0.5 and 0.2: it is calm below its own level alone."""
    kit = make_kit(1, pace(), absolute=0.0)
    kit.channels.limits["high"], kit.channels.limits["high_high"] = 110.0, 120.0
    kit.channels.alarm["calm"] = calm_at
    X = np.full((400, 1), 102.0)
    X[50:100], X[100:200], X[200:300] = 140.0, 108.0, 105.0
    assert run(kit, X).index(alarm.CLEAR) == cleared + 14


@pytest.mark.parametrize("gap", [2, 60, 1000, 100_000])
def test_a_gap_neither_raises_nor_clears(gap: int) -> None:
    """However long nothing came, the frame after it finds the alarm as it was."""
    X, kit = calm(700), make_kit(1, pace())
    X[400:] += 3.0
    for at, standing in ((350, 0), (500, 1)):
        steps, state = np.ones(700, np.int64), watch.fresh(1, 1)
        steps[at] = gap
        codes = run(kit, X[: at + 1], steps[: at + 1], state)
        assert codes[at] == alarm.NONE
        assert state.machines.alarm["active"][0] == standing


def test_a_very_long_gap_begins_a_new_epoch_only_in_peace() -> None:
    """After more than an hour a machine is learnt anew, unless it was in alarm."""
    X, kit, steps = calm(700), make_kit(1, pace()), np.ones(700, np.int64)
    steps[699] = 3601
    peace, trouble = watch.fresh(1, 1), watch.fresh(1, 1)
    run(kit, X, steps, peace)
    X[500:] += 3.0
    run(kit, X, steps, trouble)
    assert (peace.machines.drift["epoch"][0], peace.slots.drift["learnt"][0]) == (1, 0)
    assert trouble.machines.drift["epoch"][0] == 0
    assert trouble.slots.drift["learnt"][0] > 0


def test_the_rest_of_a_fault_counts_only_as_it_grows() -> None:
    """What an alarm leaves behind is no second alarm; if it grows by more than the allowance, it is."""
    X = calm(1200)
    X[300:400] += 4.0
    X[400:800] += 1.5
    X[800:] += 4.5
    codes = run(make_kit(1, pace()), X)
    raised = [t for t, c in enumerate(codes) if c == alarm.RAISE]
    assert len(raised) == 2
    assert 300 < raised[0] < 310
    assert 800 < raised[1] < 815


def test_start_up_is_not_learnt_as_the_normal_state() -> None:
    """A channel that still runs up is not judged until it has settled, and then by where it settled."""
    t = np.arange(1500.0)
    X = calm(1500) + (20.0 * np.minimum(t / 400.0, 1.0) - 20.0)[:, None]
    state = watch.fresh(1, 1)
    assert set(run(make_kit(1, pace()), X, state=state)) == {alarm.NONE}
    assert state.slots.drift["base"][0] == pytest.approx(100.0, abs=0.2)


def test_a_noisy_channel_gets_ready() -> None:
    """One whose damped noise goes beyond its allowance now and then is judged all the same, and soon."""
    X, state = 100.0 + np.random.default_rng(5).normal(0.0, 2.0, (400, 1)), watch.fresh(1, 1)
    X[300:] += 8.0
    assert alarm.RAISE in run(make_kit(1, pace()), X, state=state)[300:330]


def test_what_the_drivers_explain_is_no_drift() -> None:
    """With a model of the load a change of load is nothing, and without one it is an alarm."""
    load = np.where(np.arange(900) < 600, 0.5, 0.9)
    X = np.column_stack([load, calm(900)[:, 0] + 50.0 * load])
    kit = make_kit(2, pace())
    kit.channels.drift["absolute"][0] = 0.0
    assert alarm.RAISE in run(kit, X)
    kit.channels.residual[1] = (100.0, 5.0, (50.0, 0, 0, 0), (0.0, 0, 0, 0), (0, 0, 0, 0), 1)
    assert set(run(kit, X)) == {alarm.NONE}
    X[700:, 1] += 3.0
    assert run(kit, X).index(alarm.RAISE) > 700


def test_a_missing_channel_holds_the_alarm() -> None:
    """A sensor that falls silent in an alarm does not clear it."""
    X = calm(700, 2)
    X[300:, 0] += 3.0
    X[330:, 0] = np.nan
    codes = run(make_kit(2, pace()), X)
    assert alarm.RAISE in codes
    assert alarm.CLEAR not in codes


def test_an_update_tells_that_it_got_worse() -> None:
    """When the score doubles, or another channel takes the lead clearly, the alarm is revised."""
    X = calm(600, 2)
    X[300:, 0] += 1.5
    X[400:, 1] += 2.4
    codes = run(make_kit(2, pace()), X)
    (updated,) = (t for t, c in enumerate(codes) if c == alarm.UPDATE)
    assert 400 < updated < 420


def test_a_creeping_score_is_reported_when_its_grade_rises_and_not_again() -> None:
    """From 2.9 to 3.4 the score does not double, but it is worse; about 3.0 it may then go up and down."""
    X = calm(900)
    X[300:] += 2.9
    X[400:] += 0.5
    X[500:] += np.resize(np.repeat([-0.8, 0.8], 40), 400)[:, None]
    kit, state = make_kit(1, pace()), watch.fresh(1, 1)
    run(kit, X[:400], state=state)
    assert 2.6 < state.machines.alarm["score"][0] < 3.0
    assert state.machines.alarm["grade"][0] == grade.WARNING
    codes = run(kit, X[400:], state=state)
    assert [c for c in codes if c != alarm.NONE] == [alarm.UPDATE]
    assert state.machines.alarm["grade"][0] == grade.ALARM


STEPS = st.lists(st.tuples(st.floats(-4.0, 4.0), st.integers(1, 30)), min_size=1, max_size=20)


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_the_reported_grade_is_the_worst_so_far_in_every_frame(steps: list[tuple[float, int]]) -> None:
    """Whoever has the reports of an alarm knows how bad it has been, at once and for good."""
    X = np.concatenate([calm(60), 100.0 + np.repeat([s for s, _ in steps], [n for _, n in steps])[:, None]])
    kit, state, parts = make_kit(1), watch.fresh(1, 1), np.zeros((watch.PARTS, 1))
    kit.channels.limits["high"], kit.channels.limits["high_high"] = 102.5, 103.5
    worst = reported = 0
    for x in X:
        code = watch.watch_row(state, kit, Row(0, 0, 1, 1, x, np.ones(1, np.bool_)), parts)
        (score,), limit = state.machines.alarm["score"], parts[watch.LIMIT, 0]
        now = 3 if limit >= 2.0 else 2 if limit >= 1.0 or score >= 3.0 else 1
        worst = now if code == alarm.RAISE else max(worst, now)
        if code in {alarm.RAISE, alarm.UPDATE}:
            reported = state.machines.alarm["grade"][0]
        if state.machines.alarm["active"][0]:
            assert reported == worst
