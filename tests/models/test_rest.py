"""What stops, starts and other speeds may and may not do to alarms and baselines."""

import numpy as np

from models import alarm, drift, limits, residual, running, sensor, watch
from models.pace import pace
from models.row import Array, Row

PACE = pace()
SPEED, SHAKE, HEAT = 0, 1, 2


def kit() -> watch.Kit:
    """A machine with a speed in Hz, a vibration, and a temperature that keeps heat."""
    moves, bounds = np.zeros(3, drift.PARAM), np.zeros(3, limits.PARAM)
    moves["absolute"], moves["follows"][HEAT] = (0.3, 0.2, 0.5), 1
    for name in ("low_low", "low", "high", "high_high"):
        bounds[name] = np.nan
    traits = np.zeros(1, running.TRAIT)
    traits["witnesses"], traits["drive"], traits["rest"][0, 0], traits["share"][0, 0] = 1, 1, 0.5, 0.05
    channels = watch.Params(moves, bounds, np.zeros(3, residual.PARAM), np.zeros(3, sensor.PARAM))
    return watch.Kit(channels, watch.Traits(traits), PACE)


def day(*speeds: tuple[float, int], seed: int = 1, fault_at: int = -1) -> Array:
    """Seconds at speeds, with 20 s ramps; vibration goes with the square, heat follows within 10 minutes."""
    wanted = np.concatenate([np.full(n, v) for v, n in speeds])
    speed = wanted.copy()
    for t in range(1, len(speed)):
        speed[t] = speed[t - 1] + np.clip(wanted[t] - speed[t - 1], -1.25, 1.25)
    heat = np.empty(len(speed))
    heat[0] = 20.0 + 1.6 * speed[0]
    for t in range(1, len(speed)):
        heat[t] = heat[t - 1] + (20.0 + 1.6 * speed[t] - heat[t - 1]) / 600.0
    rng = np.random.default_rng(seed)
    X = np.stack([speed, 3.0 * (speed / 25.0) ** 2, heat], axis=1)
    X += rng.normal(0.0, (0.01, 0.03, 0.05), X.shape)
    if fault_at >= 0:
        X[fault_at:, SHAKE] += 1.0
    shown: Array = np.maximum(X, 0.0)
    return shown


def run(
    X: Array, k: watch.Kit | None = None, state: watch.State | None = None
) -> tuple[list[int], watch.State]:
    """Return the transitions of the alarm and the state at the end."""
    k, state = k or kit(), state or watch.fresh(1, 3)
    parts, ok = np.zeros((watch.PARTS, 3)), np.ones(3, np.bool_)
    return [watch.watch_row(state, k, Row(0, 0, 3, 1, x, ok), parts) for x in X], state


def times(codes: list[int], code: int) -> list[int]:
    """Frames in which a transition occurred."""
    return [t for t, c in enumerate(codes) if c == code]


def test_stopping_resting_and_starting_raise_nothing() -> None:
    """A day with three stops, long ones and short ones, has no alarm, though everything falls and rises."""
    X = day((25, 1500), (0, 900), (25, 2000), (0, 60), (25, 2000), (0, 5000), (25, 6000))
    codes, _ = run(X)
    assert set(codes) == {alarm.NONE}


def test_the_baseline_is_known_after_a_stop() -> None:
    """A fault that comes with the start is found as soon as the machine runs steadily."""
    X = day((25, 1500), (0, 900), (25, 600), fault_at=2000)
    codes, _ = run(X)
    (raised,) = times(codes, alarm.RAISE)
    assert 2400 < raised < 2400 + 20 + PACE.settle + 15


def test_an_alarm_waits_through_a_stop() -> None:
    """A fault does not mend by stopping: the same alarm stands when the machine runs again."""
    X = day((25, 2000), (0, 900), (25, 600), fault_at=1200)
    codes, state = run(X)
    assert len(times(codes, alarm.RAISE)) == 1
    assert alarm.CLEAR not in codes
    assert state.machines.alarm["active"][0] == 1


def test_a_machine_without_speed_that_runs_down_leaves_no_alarm() -> None:
    """What was raised in the seconds before rest was told is cleared as it rests."""
    k = kit()
    k.machines.running["witness"][0, 0], k.machines.running["drive"] = SHAKE, 0
    k.machines.running["rest"][0, 0], k.machines.running["share"][0, 0] = 0.05, 0.2
    codes, _ = run(day((25, 1500), (0, 600)), k)
    assert len(times(codes, alarm.RAISE)) == len(times(codes, alarm.CLEAR)) <= 1


def test_low_limits_of_what_runs_are_not_held_at_rest() -> None:
    """A pump at rest has no pressure; one that runs must have some."""
    k = kit()
    k.channels.limits["low"][SHAKE], k.channels.limits["runs"][SHAKE] = 1.0, 1
    X = day((25, 600), (0, 600))
    assert set(run(X, k)[0]) == {alarm.NONE}
    k.channels.limits["runs"][SHAKE] = 0
    assert alarm.RAISE in run(X, k)[0]


def test_a_limit_crossed_at_rest_is_an_alarm_that_can_end_there() -> None:
    """Heat beyond its limit in a machine at rest is told at once, and cleared when it is over."""
    k = kit()
    k.channels.limits["high"][HEAT], k.channels.limits["high_high"][HEAT] = 80.0, 90.0
    X = day((25, 300), (0, 1200))
    X[600:800, HEAT] = 95.0
    codes, _ = run(X, k)
    assert times(codes, alarm.RAISE)[0] == 601
    assert 800 < times(codes, alarm.CLEAR)[0] < 830


def test_each_speed_has_its_own_baseline() -> None:
    """Two speeds by turns: learnt once each, no alarm at any change, and a fault in one is found there."""
    turns = [(25, 700), (15, 700)] * 4
    X = day(*turns)
    X[:, HEAT] = 60.0
    codes, state = run(X)
    assert set(codes) == {alarm.NONE}
    assert state.machines.running["met"][0] == 2
    X[5 * 700 + 300 : 6 * 700, SHAKE] += 0.8
    assert 3800 < times(run(X)[0], alarm.RAISE)[0] < 3830


def test_a_new_epoch_forgets_all_speeds() -> None:
    """After a repair no baseline of before counts, whatever the speed."""
    X = day((25, 700), (15, 700))
    X[:, HEAT] = 60.0
    state = run(X)[1]
    watch.forget(state, Row(0, 0, 3, 1, X[0], np.ones(3, np.bool_)))
    Y = day((25, 700), (15, 700), (25, 700), seed=2)
    Y[:, HEAT] = 60.0
    Y[:, SHAKE] *= 1.5
    assert set(run(Y, state=state)[0]) == {alarm.NONE}


def test_warming_up_is_no_alarm_but_heat_beyond_the_usual_is() -> None:
    """Below its usual warmth a channel is waited for; above it, it is judged also while warming."""
    X = day((25, 4000), (0, 3000), (25, 3000))
    assert set(run(X)[0]) == {alarm.NONE}
    X[7100:, HEAT] += np.minimum(0.05 * np.arange(len(X) - 7100), 30.0)
    raised = times(run(X)[0], alarm.RAISE)
    assert raised
    assert raised[0] > 7100
