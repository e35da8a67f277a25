"""Faults are planted as the scenario says, grow, hold and vanish."""

import numpy as np
import pytest

from pdm.simulator.catalogue import SIGNALS
from pdm.simulator.faults import MACHINE_FAULTS, SENSOR_FAULTS, plan, severity
from pdm.simulator.scenario import Scenario
from pdm.simulator.truth import Nature, Truth


@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize("machines", [1, 7, 50])
def test_shares_are_kept_and_no_machine_gets_two(seed: int, machines: int) -> None:
    """The number of faults follows from the shares, and each machine has at most one."""
    truths = plan(Scenario(machines=machines, seed=seed))
    natures = [truth.nature for truth in truths]
    assert natures.count(Nature.MACHINE) == max(1, round(0.36 * machines))
    assert natures.count(Nature.SENSOR) == round(0.12 * machines)
    assert len({truth.asset for truth in truths}) == len(truths)


def test_every_kind_of_fault_occurs_in_a_plant_of_fifty() -> None:
    """A watcher of the demo sees all six machine faults and both sensor faults."""
    kinds = {truth.fault for truth in plan(Scenario())}
    assert kinds == {fault for faults in MACHINE_FAULTS.values() for fault in faults} | set(SENSOR_FAULTS)


def test_two_faults_come_early() -> None:
    """So that the first event does not keep anybody waiting."""
    early = [truth for truth in plan(Scenario()) if truth.onset < 200]
    assert len(early) == 2
    assert all(truth.nature is Nature.MACHINE and truth.severity > 1.3 for truth in early)


def test_lying_channels_exist() -> None:
    """A sensor fault names a channel that its class has."""
    for channels in SENSOR_FAULTS.values():
        for name, channel in channels.items():
            assert channel in {signal.name for signal in SIGNALS[name]}


def test_severity_grows_holds_and_vanishes() -> None:
    """Nothing before the onset, never falling while it grows, full at `grown`, gone after the repair."""
    truth = Truth("pump-01", Nature.MACHINE, "leak", onset=100, grown=200, end=300, severity=1.2)
    course = severity(truth, 0, 400)
    assert not course[:101].any()
    assert (np.diff(course[100:201]) > 0).all()
    assert course[200:301] == pytest.approx(1.2)
    assert not course[330:].any()


def test_severity_does_not_depend_on_where_one_starts_to_ask() -> None:
    """Two halves make the whole."""
    truth = Truth("pump-01", Nature.MACHINE, "leak", onset=100, grown=200, end=300, severity=1.2)
    halves = np.concatenate([severity(truth, 0, 150), severity(truth, 150, 250)])
    assert np.array_equal(halves, severity(truth, 0, 400))
