"""The parts of the protocol on a small rig whose faults are plain."""

import numpy as np
import pytest
from msgspec import structs
from rigs import rig, rigs

from pdm.chain.detection.kit import Kit
from pdm.evaluate.budget import budgets
from pdm.evaluate.healthy import healthy, of_scenario, quiet, upper
from pdm.evaluate.material import Material, logged
from pdm.evaluate.nested import nested
from pdm.evaluate.randomised import cut, randomised
from pdm.evaluate.stress import double_noise, drift, dropout, row_noise, stress, stuck
from pdm.evaluate.truncation import agree, truncation


@pytest.fixture(scope="module")
def held() -> Material:
    """Three runs and a normal stream."""
    return rigs()


def test_the_budget_buys_recall(held: Material) -> None:
    """Clear faults are found without a false alarm; the wider the allowances, the fewer alarms."""
    found = budgets(held)
    assert [one.allowances_times for one in found.curve] == sorted(
        one.allowances_times for one in found.curve
    )
    few = found.at_budget[1]
    assert few.best is not None
    assert few.best.event_recall == 1.0
    assert few.best.false_alarms_per_machine_day <= few.budget_false_alarms_per_machine_day
    assert few.best.percent_of_normal_time_in_alarm <= few.budget_percent_of_normal_time
    assert found.normal_machine_days == pytest.approx((900 + 510 + 600 + 540) / 86_400)


def test_random_positions_defeat_the_clock(held: Material) -> None:
    """The chain keeps its volume, whoever counts rows does not; the same seed, the same figures."""
    found = randomised(held, Kit(held.plant), seed=3)
    assert found.vus_pr > found.clock_vus_pr
    assert found.vus_pr > 0.85
    assert found.vus_pr_low <= found.vus_pr <= found.vus_pr_high
    assert randomised(held, Kit(held.plant), seed=3) == found


def test_a_cut_holds_the_onset_and_time_to_learn() -> None:
    """Whatever is drawn, 150 rows come before the fault and 60 from its onset on."""
    rng = np.random.default_rng(0)
    for _ in range(50):
        labels = cut(rig(), rng).labels
        assert np.flatnonzero(labels)[0] >= 150
        assert labels.sum() >= 60


def test_settings_are_chosen_without_what_they_are_judged_on(held: Material) -> None:
    """Each file and each family is left out once; what ships is among the choices."""
    found = nested(held)
    assert found.leave_file_out.folds == 3
    assert set(found.leave_family_out.by_fold) == {"valve", "other"}
    assert found.settings[0].setting == "shipped"
    assert found.leave_family_out.shipped.event_recall == 1.0
    assert found.leave_family_out.shipped == found.settings[0].figures


def test_stress_is_what_it_is_called() -> None:
    """5 % lost, twice the noise, one channel held, a ramp of three allowances an hour."""
    signals, rng = rig(rows=3601, fault=None), np.random.default_rng(1)
    assert np.isnan(dropout(signals, rng)).mean() == pytest.approx(0.05, abs=0.01)
    noisier = row_noise(double_noise(signals, rng)) / row_noise(signals.values)
    assert noisier == pytest.approx(np.full(3, 2.0), rel=0.1)
    held = np.flatnonzero(stuck(signals, rng)[-1] != signals.values[-1])
    assert len(held) == 1
    moved = drift(signals, rng, np.ones(3)) - signals.values
    assert np.abs(moved[-1]) == pytest.approx(np.full(3, 3.0))
    assert np.abs(moved[0]).max() == 0.0


def test_stress_is_measured(held: Material) -> None:
    """Nothing done, nothing lost; losing readings costs no fault that is plain."""
    found = stress(held, Kit(held.plant))
    assert found.undisturbed.event_recall == found.dropout.event_recall == 1.0


def test_the_future_changes_nothing(held: Material) -> None:
    """Every cut gives the same scores and events before it."""
    assert truncation(held, Kit(held.plant), seed=5).causal


def test_a_chain_that_looks_ahead_is_found_out(held: Material) -> None:
    """Where one score, or one event, is other in the whole run than in the part, they do not agree."""
    run, kit = held.runs[0], Kit(held.plant)
    whole, part = run.judge(kit), logged(run.signals.cut(0, 520), held.plant).judge(kit)
    assert agree(part, whole, held.plant.frame_ns)
    scores = whole.scores.copy()
    scores[7] = np.nextafter(scores[7], 2.0)
    assert not agree(part, structs.replace(whole, scores=scores), held.plant.frame_ns)
    assert not agree(part, structs.replace(whole, events=()), held.plant.frame_ns)


def test_the_bound_of_a_count() -> None:
    """None in a day is at most 3.0 a day, the rule of three; more by Garwood's table."""
    assert upper(0) == pytest.approx(2.996, abs=1e-3)
    assert upper(1) == pytest.approx(4.744, abs=1e-3)
    assert upper(10) == pytest.approx(16.962, abs=1e-3)
    assert upper(300) == pytest.approx(330.1, abs=0.5)


def test_a_healthy_plant_is_counted_in_machine_days() -> None:
    """40 healthy machines for 4 hours are 6.7 machine-days, and the ill one is left out."""
    found = healthy(seed=11, days=1)
    assert found.machine_days == pytest.approx(40 * 4 / 24)
    assert found.alarms_per_machine_day <= found.alarms_per_machine_day_upper_95
    scenario = quiet(1, machines=4, hours=1)
    machines = list(of_scenario(scenario))
    assert len(machines) == 4
    assert [bool(one.group) for one in machines].count(True) == 1
    assert all(one.labels.any() == bool(one.group) for one in machines)


def test_a_run_without_a_fault_has_no_volume() -> None:
    """It is cut and judged all the same, and left out of the mean."""
    plant = rigs().plant
    only = Material(plant, (logged(rig(fault=None), plant),), None)
    assert randomised(only, Kit(plant)).cuts == 0
