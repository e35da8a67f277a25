"""The stream of readings: the same for the same seed, healthy when healthy, telling when not."""

import numpy as np
import pytest
from numpy.typing import NDArray
from plain_detector import peak_scores

from pdm.simulator.catalogue import SIGNALS
from pdm.simulator.scenario import CLASSES, Scenario
from pdm.simulator.simulation import Simulation
from pdm.simulator.truth import Nature

SHORT = Scenario(machines=10, duration_s=900)
LONG = Scenario(machines=50, seed=3)


def readings(simulation: Simulation, seconds: int = 60) -> dict[str, NDArray[np.float64]]:
    """All readings of a scenario, per asset (seconds, signals)."""
    chunks = list(simulation.chunks(seconds))
    whole = {name: np.concatenate([chunk.values[name] for chunk in chunks]) for name in CLASSES}
    rows = {name: iter(range(whole[name].shape[1])) for name in CLASSES}
    return {
        plate.asset: whole[plate.machine_class][:, next(rows[plate.machine_class])]
        for plate in simulation.plates
    }


@pytest.fixture(scope="module")
def plant() -> Simulation:
    """Fifty machines for half an hour."""
    return Simulation(LONG)


@pytest.fixture(scope="module")
def scores(plant: Simulation) -> dict[str, NDArray[np.float64]]:
    """What the plain detector makes of each machine."""
    classes = {plate.asset: plate.machine_class for plate in plant.plates}
    return {asset: peak_scores(values, SIGNALS[classes[asset]]) for asset, values in readings(plant).items()}


def test_same_seed_same_bytes() -> None:
    """Two runs of one scenario agree to the last bit, another seed gives another plant."""
    first, again = readings(Simulation(SHORT)), readings(Simulation(SHORT))
    other = readings(Simulation(Scenario(machines=10, duration_s=900, seed=2)))
    assert all(first[asset].tobytes() == again[asset].tobytes() for asset in first)
    assert all(first[asset].tobytes() != other[asset].tobytes() for asset in first)


def test_the_cut_changes_nothing() -> None:
    """Chunks of 7 seconds carry the same values as one of all."""
    fine, whole = readings(Simulation(SHORT), 7), readings(Simulation(SHORT), 900)
    assert all(fine[asset].tobytes() == whole[asset].tobytes() for asset in whole)


def test_the_date_changes_nothing_but_the_times() -> None:
    """A demo of today and one of tomorrow show the same values."""
    today = next(Simulation(SHORT).chunks(30))
    shifted = Scenario(machines=10, duration_s=900, start_ns=SHORT.start_ns + 86_400_000_000_000 * 3 // 2)
    later = next(Simulation(shifted).chunks(30))
    assert all(today.values[name].tobytes() == later.values[name].tobytes() for name in CLASSES)
    assert later.time[0] == shifted.start_ns


def test_one_reading_a_second_and_channel(plant: Simulation) -> None:
    """Times lie on the whole second, without gaps, and the count is as announced."""
    chunks = list(plant.chunks(50))
    time = np.concatenate([chunk.time for chunk in chunks])
    assert (np.diff(time) == 1_000_000_000).all()
    assert time[0] == plant.scenario.start_ns
    assert sum(v.size for chunk in chunks for v in chunk.values.values()) == plant.readings


def test_values_are_finite_and_in_range(plant: Simulation) -> None:
    """Nothing that the gateway would refuse."""
    for chunk in plant.chunks():
        for name, values in chunk.values.items():
            for column, signal in enumerate(SIGNALS[name]):
                assert np.isfinite(values[:, :, column]).all()
                assert (values[:, :, column] >= signal.valid[0]).all()
                assert (values[:, :, column] <= signal.valid[1]).all()


def test_healthy_machines_stay_inside_their_limits(plant: Simulation) -> None:
    """No single reading of a machine without a fault crosses a limit of the plant file."""
    ill = {truth.asset for truth in plant.truths}
    classes = {plate.asset: plate.machine_class for plate in plant.plates}
    for asset, values in readings(plant).items():
        if asset in ill:
            continue
        for column, signal in enumerate(SIGNALS[classes[asset]]):
            low = signal.low if signal.low is not None else -np.inf
            high = signal.high if signal.high is not None else np.inf
            assert (values[:, column] > low).all()
            assert (values[:, column] < high).all()


def test_healthy_machines_are_not_dead(plant: Simulation) -> None:
    """Set-points do move: every healthy machine changes its speed by more than 1 % in half an hour."""
    ill = {truth.asset for truth in plant.truths}
    for asset, values in readings(plant).items():
        if asset not in ill:
            speed = values[:, -2]
            assert np.ptp(speed) / speed.mean() > 0.01


def test_healthy_machines_keep_quiet(plant: Simulation, scores: dict[str, NDArray[np.float64]]) -> None:
    """A plain detector with the allowances of the plant file raises nothing on them, or on sensor faults."""
    ill = {truth.asset for truth in plant.truths if truth.nature is Nature.MACHINE}
    assert [asset for asset in scores if asset not in ill and scores[asset].max() >= 1.0] == []


def test_machine_faults_can_be_found(plant: Simulation, scores: dict[str, NDArray[np.float64]]) -> None:
    """A plain detector finds at least nine of ten while they last, and none before its onset."""
    truths = [truth for truth in plant.truths if truth.nature is Nature.MACHINE]
    found = [truth for truth in truths if scores[truth.asset][truth.onset : truth.end].max() > 1.0]
    assert len(found) >= 0.9 * len(truths)
    assert all(scores[truth.asset][: truth.onset].max() < 1.0 for truth in truths)


def test_faults_become_visible_after_their_onset(plant: Simulation) -> None:
    """Each machine fault moves some channel beyond its allowance before it ends; a sensor fault none."""
    for truth in plant.truths:
        if truth.nature is Nature.MACHINE:
            assert truth.visible is not None
            assert truth.onset < truth.visible < truth.end
        else:
            assert truth.visible is None


def test_a_stuck_sensor_repeats_and_a_drifting_one_leaves(plant: Simulation) -> None:
    """Stuck: one value from the onset on. Drifting: off by about an allowance at the end."""
    values = readings(plant)
    classes = {plate.asset: plate.machine_class for plate in plant.plates}
    lying = [truth for truth in plant.truths if truth.nature is Nature.SENSOR]
    assert {truth.fault for truth in lying} == {"stuck", "drifting"}
    for truth in lying:
        signals = SIGNALS[classes[truth.asset]]
        column = [signal.name for signal in signals].index(truth.channel)
        series = values[truth.asset][:, column]
        if truth.fault == "stuck":
            assert np.ptp(series[truth.onset :]) == 0.0
            assert np.ptp(series[: truth.onset]) > 0.0
        else:
            before, last = series[truth.onset - 60 : truth.onset].mean(), series[-60:].mean()
            share, floor = signals[column].allowance
            assert last - before > 0.8 * (share * before + floor)


def test_a_machine_that_is_switched_off_runs_down_and_up_again() -> None:
    """Speed and current are zero at rest, pressure and vibration follow; all else is as without the stop."""
    still = Scenario(10, duration_s=3600, fault_share=0.0, sensor_share=0.0, stops=1)
    values = np.concatenate([chunk.values["pump"] for chunk in Simulation(still).chunks(60)])
    names = [signal.name for signal in SIGNALS["pump"]]
    speed, current = values[:, 0, names.index("speed")], values[:, 0, names.index("current")]
    at_rest = speed < 0.01 * speed.max()
    assert 60 < at_rest.sum() < 1500
    assert current[at_rest].max() < 0.05 * current.max()
    assert values[at_rest, 0, names.index("flow")].max() < 0.05 * values[:, 0, names.index("flow")].max()
    assert np.isfinite(values).all()
    assert speed[0] > 0.9 * speed.max()
