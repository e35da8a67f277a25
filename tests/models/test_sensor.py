"""The arbiter: what is a sensor's fault and what is not, whatever the cut, and what it may hold back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import sensor, sensor_state
from models.pace import pace
from models.row import Array, Row

PACE, WIDTH, ONSET = pace(), 4, 900
UP = 1
SWAPS = np.zeros((2, 2, 2))
SWAPS[1] = (9.80665, 0.0), (1 / 9.80665, 0.0)
Seen = tuple[Array, Array, bytes]


def panel(alone: int = 0) -> sensor.Panel:
    """Four sensors about 100 which may move by 5; what they read could be in another unit."""
    params = np.zeros(WIDTH, sensor.PARAM)
    params["absolute"], params["judged"], params["swaps"], params["alone"] = 5.0, 1, 1, alone
    params["lowest"], params["highest"] = 0.0, 500.0
    slots, machines = np.zeros(WIDTH, sensor.SLOT), np.zeros(1, sensor.MACHINE)
    return sensor.Panel(slots, machines, params, PACE, SWAPS)


def quiet(frames: int = 1800, seed: int = 1) -> Array:
    """Four channels of a machine that runs evenly."""
    return np.round(100.0 + np.random.default_rng(seed).normal(0.0, 0.5, (frames, WIDTH)), 3)


def look(p: sensor.Panel, X: Array, *, resting: Array | None = None) -> Seen:
    """Judge rows, NaN being missing: (frames, WIDTH) kinds, whether each value may be used, and the state."""
    kinds, usable = np.zeros(X.shape, np.int64), np.zeros(X.shape, np.bool_)
    for t, x in enumerate(X):
        row = Row(0, 0, WIDTH, 1, x, np.isfinite(x))
        sensor.judge_row(p, row, True, bool(resting[t]) if resting is not None else False)
        kinds[t], usable[t] = p.slots["kind"], row.ok
        p.slots["stands"] = p.slots["kind"]
    return kinds, usable, p.slots.tobytes() + p.machines.tobytes()


def spoilt(fault: str) -> Array:
    """Four channels of which the second lies from ONSET on."""
    X, since = quiet(), np.arange(1800 - ONSET)
    lie = X[ONSET:, 1]
    if fault == "flatline":
        lie[:] = lie[0]
    elif fault == "dropout":
        lie[:] = np.nan
    elif fault == "spike":
        lie[::40] += 60.0
    elif fault == "drift":
        lie += 0.01 * since
    elif fault == "saturation":
        lie[:] = 500.0
    elif fault == "scale":
        lie /= 9.80665
    return X


KINDS = {
    "flatline": sensor_state.FLATLINE,
    "dropout": sensor_state.DROPOUT,
    "spike": sensor_state.SPIKE,
    "drift": sensor_state.DRIFT,
    "saturation": sensor_state.SATURATION,
    "scale": sensor_state.SCALE,
}


@pytest.mark.parametrize("fault", KINDS)
def test_each_fault_is_called_by_its_name(fault: str) -> None:
    """Of that sensor, from then on, and of no other."""
    kinds, _, _ = look(panel(), spoilt(fault))
    assert not kinds[:ONSET].any()
    assert set(kinds[ONSET:, 1].tolist()) == {0, KINDS[fault]}
    assert not np.delete(kinds, 1, axis=1).any()


@pytest.mark.parametrize("fault", ["flatline", "saturation", "scale"])
def test_what_a_failed_sensor_says_is_not_used(fault: str) -> None:
    """From the verdict on none of its values reaches a detector."""
    kinds, usable, _ = look(panel(), spoilt(fault))
    assert not usable[kinds[:, 1] != 0, 1].any()
    assert np.delete(usable, 1, axis=1).all()


def test_a_spike_is_taken_out_and_its_neighbours_are_not() -> None:
    """A sensor with spikes goes on being judged between them."""
    X = spoilt("spike")
    _, usable, _ = look(panel(), X)
    assert (~usable[:, 1]).tolist() == (X[:, 1] > 130.0).tolist()


def test_a_step_of_the_machine_is_let_through_within_seconds() -> None:
    """What leaps to no known unit and stays is no sensor fault: it is held back for the decision alone."""
    X = quiet()
    X[ONSET:, 1] *= 1.5
    kinds, usable, _ = look(panel(), X)
    assert not kinds.any()
    held = np.flatnonzero(~usable[:, 1])
    assert len(held) <= PACE.decide + 1
    assert held.min() == ONSET


def test_what_leaps_together_is_not_held_back() -> None:
    """Two sensors do not fail in one frame: it is the machine, and no value of it is lost."""
    X = quiet()
    X[ONSET:, 1:3] += 300.0
    kinds, usable, _ = look(panel(), X)
    assert not kinds.any()
    assert usable.all()


def test_what_creeps_together_is_the_machine() -> None:
    """Another channel that goes along clears the first of suspicion."""
    X = spoilt("drift")
    X[ONSET:, 2] -= 0.009 * np.arange(1800 - ONSET)
    assert not look(panel(), X)[0].any()


def test_a_creep_that_a_machine_may_show_alone_goes_on_being_judged() -> None:
    """A bearing that gets warm alone may be ill: its sensor wants a look, and an alarm stays possible."""
    p = panel(alone=UP)
    kinds, usable, _ = look(p, spoilt("drift"))
    assert kinds[-1, 1] == sensor_state.DRIFT
    assert p.slots["status"][1] == sensor_state.MAINTENANCE
    assert usable.all()


@pytest.mark.parametrize("seconds", [1, 2, 3, 4])
def test_a_leap_at_the_turn_of_a_minute_is_no_creeping(seconds: int) -> None:
    """Its values are in the mean of that minute, and what it is has not been decided yet."""
    X, end = quiet(), 960
    X[end - seconds :, 1] = 500.0
    kinds, _, _ = look(panel(), X)
    assert set(kinds[:, 1].tolist()) == {0, sensor_state.SATURATION}


@pytest.mark.parametrize("onset", [910, 930, 950])
def test_values_that_are_cut_off_are_saturated_whenever_that_begins(onset: int) -> None:
    """The minute in which it begins is not learnt as usual; to stand there later is the same once more."""
    X = quiet()
    X[onset:, 1] = np.minimum(X[onset:, 1], 100.0)
    X[1300:1500, 1] = quiet(seed=2)[1300:1500, 1] - 3.0
    X[1500:1600, 1] = 100.0
    kinds, _, _ = look(panel(), X)
    assert set(kinds[onset:1100, 1].tolist()) == {0, sensor_state.SATURATION}
    assert kinds[1490, 1] == 0
    assert set(kinds[1500:, 1].tolist()) == {0, sensor_state.SATURATION}


def test_a_machine_at_rest_has_no_sensor_fault() -> None:
    """Zero after zero on all channels, and what one sensor does by itself meanwhile, means nothing."""
    X, resting = quiet(), np.zeros(1800, np.bool_)
    X[600:1200], resting[600:1200] = 0.0, True
    X[1000:1100, 2] = 55.0
    kinds, _, _ = look(panel(), X, resting=resting)
    assert not kinds.any()


def test_a_dropout_is_told_at_rest_too() -> None:
    """A sensor that says nothing is dead, whatever the machine does."""
    X, resting = spoilt("dropout"), np.ones(1800, np.bool_)
    assert look(panel(), X, resting=resting)[0][-1, 1] == sensor_state.DROPOUT


@pytest.mark.parametrize("fault", ["flatline", "dropout", "scale"])
def test_a_sensor_that_is_right_again_is_acquitted(fault: str) -> None:
    """Not at the first value, and not much later."""
    X = spoilt(fault)
    X[1200:, 1] = quiet(seed=2)[1200:, 1]
    kinds = look(panel(), X)[0][:, 1]
    assert kinds[1200] == KINDS[fault]
    assert not kinds[1260:].any()


def test_late_readings_tell_a_clock_from_a_dead_sensor() -> None:
    """A channel that is away while its readings come too late has a clock that lags."""
    p, X = panel(), spoilt("dropout")
    look(p, X[:ONSET])
    p.slots["late"][1] = 20
    assert look(p, X[ONSET : ONSET + 70])[0][-1].tolist() == [0, sensor_state.CLOCK_SKEW, 0, 0]


@pytest.mark.parametrize("first", [[0], [0, 2]])
def test_a_clock_that_begins_to_lead_blames_nobody_else(first: list[int]) -> None:
    """The others come late one after the other, within a minute; only then is it clear who is ahead."""
    p, X = panel(), quiet()
    look(p, X[:ONSET])
    X[ONSET:, first] = np.nan
    p.slots["late"][first] = 100
    assert not look(p, X[ONSET : ONSET + 50])[0].any()
    X[ONSET + 50 :, [0, 2, 3]] = np.nan
    p.slots["late"][[0, 2, 3]] = 100
    assert look(p, X[ONSET + 50 : ONSET + 130])[0][-1].tolist() == [0, sensor_state.CLOCK_SKEW, 0, 0]


def test_the_one_that_makes_all_others_late_is_to_blame() -> None:
    """A clock that leads leaves its channel alone in the frames, and all others late."""
    p, X = panel(), quiet()
    look(p, X[:ONSET])
    X[ONSET:, [0, 2, 3]] = np.nan
    for name in (0, 2, 3):
        p.slots["late"][name] = 100
    assert look(p, X[ONSET : ONSET + 60])[0][-1].tolist() == [0, sensor_state.CLOCK_SKEW, 0, 0]


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(sorted(KINDS)), st.lists(st.integers(1, 1799), max_size=3))
def test_any_cut_gives_the_same_verdicts(fault: str, cuts: list[int]) -> None:
    """State saved as bytes and loaded anywhere in between changes nothing, bit for bit."""
    X, p = spoilt(fault), panel()
    whole = look(panel(), X)
    kinds = []
    for part in np.split(X, sorted(set(cuts))):
        slots = np.frombuffer(bytearray(p.slots.tobytes()), sensor.SLOT)
        machines = np.frombuffer(bytearray(p.machines.tobytes()), sensor.MACHINE)
        p = p._replace(slots=slots, machines=machines)
        found, _, state = look(p, part)
        kinds.append(found)
    assert np.concatenate(kinds).tobytes() == whole[0].tobytes()
    assert state == whole[2]


def test_a_missing_value_is_a_missing_value() -> None:
    """Not measured, not finite, or a wild number said to be missing: all the same."""
    X = quiet()
    X[np.random.default_rng(3).random(X.shape) < 0.05] = np.nan
    plain, states = look(panel(), X), []
    for filler in (np.inf, 1e300):
        p = panel()
        for x in X:
            row = Row(0, 0, WIDTH, 1, np.where(np.isfinite(x), x, filler), np.isfinite(x))
            sensor.judge_row(p, row, True, False)
        states.append(p.slots.tobytes() + p.machines.tobytes())
    assert states == [plain[2]] * 2
    assert not plain[0].any()


def test_a_sensor_costs_less_than_a_hundred_bytes() -> None:
    """And the record has no padding, which a copy need not keep."""
    assert sensor.SLOT.itemsize == sum(sensor.SLOT[name].itemsize for name in sensor.SLOT.names or ())
    assert sensor.SLOT.itemsize <= 96


def test_a_load_that_leaves_its_current_is_its_sensor() -> None:
    """Load and current say the same: one that creeps away from the other is its sensor; both are not."""
    frames = 2_400
    rng = np.random.default_rng(4)
    common = 0.1 * np.sin(np.arange(frames) / 400.0)
    creep = np.clip((np.arange(frames) - 900) / 900.0, 0.0, 1.2)
    X = np.stack([common + creep, common - 0.3 * creep, 0.4 * common, 0.0 * common], axis=1)
    X = 100.0 + 5.0 * X + rng.normal(0.0, 0.1, X.shape)
    assert set(blamed(X)) == {(0, sensor_state.DRIFT)}
    X[:, 1] += 5.0 * 1.3 * creep
    assert not blamed(X)


def blamed(X: Array) -> list[tuple[int, int]]:
    """Return channel and kind of all that is called in a series whose first two channels are twins."""
    p = panel()
    p.params["twin"][:2] = (1, -1)
    kinds = look(p, X)[0]
    return [(i, kind) for i in range(WIDTH) for kind in np.unique(kinds[:, i]).tolist() if kind]
