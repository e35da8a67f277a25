"""When a machine runs, what stops it, and which regime it is in."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import running
from models.pace import pace
from models.row import Array, Row

PACE = pace()
NAN = float("nan")


def traits(rest: tuple[float, ...], drive: int = 1) -> Array:
    """A machine whose witnesses are its first channels, and its drive the first of them."""
    told = np.zeros(1, running.TRAIT)
    told["witnesses"], told["drive"] = len(rest), drive
    for k, line in enumerate(rest):
        told["witness"][0, k], told["rest"][0, k], told["share"][0, k] = k, line, 0.05
    return told


def run(trait: Array, X: Array, state: Array | None = None) -> tuple[list[int], list[bool]]:
    """Return phase and whether it may be judged for each row; NaN is missing."""
    state = np.zeros(1, running.MACHINE) if state is None else state
    ok, phases, judged = np.ones(X.shape[1], np.bool_), [], []
    for x in X:
        judged.append(running.update_row(state, trait, PACE, Row(0, 0, X.shape[1], 1, x, ok)))
        phases.append(int(state["phase"][0]))
    return phases, judged


def profile(*parts: tuple[float, float, int]) -> Array:
    """Speeds on straight lines: from, to, frames."""
    return np.concatenate([np.linspace(a, b, n) for a, b, n in parts])[:, None]


def test_a_day_has_all_phases_in_order() -> None:
    """Running, stopping as the speed falls, at rest, starting as it rises, and running once it is steady."""
    speed = profile((25, 25, 200), (25, 0, 20), (0, 0, 300), (0, 25, 20), (25, 25, 200))
    phases, judged = run(traits((0.5,)), speed)
    order = [phases[0]] + [b for a, b in itertools.pairwise(phases) if a != b]
    assert order == [running.RUNNING, running.STOPPING, running.STOPPED, running.STARTING, running.RUNNING]
    assert judged[:200] == [True] * 200
    assert not any(judged[202:565])
    assert all(judged[575:])


def test_a_machine_without_witness_is_always_judged() -> None:
    """Where nothing tells, nothing is held back."""
    phases, judged = run(np.zeros(1, running.TRAIT), profile((25, 0, 100)))
    assert set(phases) == {running.UNKNOWN}
    assert all(judged)


def test_a_missing_witness_changes_nothing() -> None:
    """A gap neither stops nor starts a machine."""
    speed = profile((25, 25, 100), (NAN, NAN, 500), (25, 25, 10))
    phases, judged = run(traits((0.5,)), speed)
    assert set(phases) == {running.RUNNING}
    assert all(judged)


@pytest.mark.parametrize(("dead", "stops"), [(0, False), (1, False), (2, False)])
def test_one_dead_witness_of_three_stops_nothing(dead: int, stops: bool) -> None:
    """Speed, current or vibration at zero alone: the others are believed."""
    X = np.tile([25.0, 40.0, 3.0], (600, 1))
    X[200:, dead] = 0.0
    phases, _ = run(traits((0.5, 0.1, 0.05), drive=0), X)
    assert (running.STOPPED in phases) is stops


def test_the_most_trusted_witness_decides_between_two() -> None:
    """A machine whose speed is zero is at rest, though its neighbours shake it."""
    X = np.tile([25.0, 3.0], (600, 1))
    X[200:] = (0.0, 0.7)
    phases, _ = run(traits((0.5, 0.05), drive=0), X)
    assert phases[-1] == running.STOPPED


def test_a_small_change_of_speed_is_the_same_regime() -> None:
    """Set-points wander by a few percent; the machine stays judged and in its regime."""
    rng = np.random.default_rng(3)
    speed = 25.0 * (1.0 + 0.015 * np.sin(np.arange(4000) / 150.0) + rng.normal(0.0, 0.003, 4000))
    state = np.zeros(1, running.MACHINE)
    _, judged = run(traits((0.5,)), speed[:, None], state)
    assert all(judged)
    assert state["met"][0] == 1


def test_regimes_are_known_again() -> None:
    """Two speeds by turns are two regimes; the change itself is not judged."""
    speed = profile(*[(v, v, 200) for v in (25, 15) * 4])
    state = np.zeros(1, running.MACHINE)
    _, judged = run(traits((0.5,)), speed, state)
    assert state["met"][0] == 2
    assert [bool(j) for j in judged[195:240]] == [True] * 5 + [False] * 30 + [True] * 10


def test_more_regimes_than_room_replace_the_oldest() -> None:
    """A fifth speed takes the place of the one left longest ago, and is known by its own value."""
    speed = profile(*[(v, v, 100) for v in (10, 15, 20, 25, 30)])
    state = np.zeros(1, running.MACHINE)
    run(traits((0.5,)), speed, state)
    assert sorted(round(c) for c in state["centre"][0]) == [15, 20, 25, 30]


def test_a_signal_that_never_keeps_still_is_no_drive() -> None:
    """After the time that a start may take, a wild speed no longer holds judgement back."""
    rng = np.random.default_rng(5)
    speed = rng.uniform(10.0, 30.0, 2000)[:, None]
    _, judged = run(traits((0.5,)), speed)
    assert all(judged[PACE.coast + 1 :])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([0.0, 0.2, 12.0, 25.0, NAN]), st.integers(1, 60)), max_size=12),
    st.integers(0, 300),
)
def test_any_cut_gives_the_same(parts: list[tuple[float, int]], cut: int) -> None:
    """State saved as bytes anywhere and gone on with changes nothing."""
    speed = profile(*[(v, v, n) for v, n in parts]) if parts else np.full((1, 1), 25.0)
    whole, halves = np.zeros(1, running.MACHINE), np.zeros(1, running.MACHINE)
    expected = run(traits((0.5,)), speed, whole)
    first = run(traits((0.5,)), speed[:cut], halves)
    moved = np.frombuffer(bytearray(halves.tobytes()), running.MACHINE)
    second = run(traits((0.5,)), speed[cut:], moved)
    assert (first[0] + second[0], first[1] + second[1]) == expected
    assert moved.tobytes() == whole.tobytes()


def test_a_run_up_that_ends_slowly_is_waited_for() -> None:
    """A drive that nears its speed like heat its end is judged when it has arrived, not a percent before."""
    arriving = 25.0 * (1.0 - np.exp(-np.arange(600) / 20.0))
    _, judged = run(traits((0.5,)), np.concatenate([np.full(200, 25.0), np.zeros(100), arriving])[:, None])
    first = next(t for t in range(300, 900) if judged[t])
    assert abs(arriving[first - 300] - 25.0) < 0.01 * 25.0
    assert first - 300 < 300
