"""What the demo posts is what integrators post, and says exactly what was simulated."""

import msgspec
import numpy as np
import pytest

from pdm.demo.wire import body, groups
from pdm.instant import nanoseconds
from pdm.simulator.catalogue import SIGNALS
from pdm.simulator.fleet import fleet
from pdm.simulator.scenario import CLASSES, Scenario
from pdm.simulator.simulation import Simulation

SCENARIO = Scenario(machines=10, duration_s=600)


def test_every_reading_arrives_once_with_its_value() -> None:
    """All groups together carry each value of a chunk, at its time, in its unit."""
    simulation = Simulation(SCENARIO)
    chunk = next(simulation.chunks(5))
    found = {}
    for group in groups(simulation.plates, 4):
        for reading in msgspec.json.decode(body(group, chunk)):
            found[reading["asset"], reading["channel"], nanoseconds(reading["time"])] = reading
    assert len(found) == 5 * simulation.readings // SCENARIO.duration_s
    for name in CLASSES:
        assets = [plate.asset for plate in simulation.plates if plate.machine_class == name]
        for second, row, column in np.ndindex(chunk.values[name].shape):
            signal = SIGNALS[name][column]
            reading = found[assets[row], signal.name, int(chunk.time[second])]
            assert reading["value"] == pytest.approx(chunk.values[name][second, row, column], abs=1e-9)
            assert (reading["quantity"], reading["unit"]) == (signal.quantity, signal.unit)


def test_readings_of_a_machine_are_in_order() -> None:
    """Within a request, a machine's times never go back: the source is declared in order."""
    simulation = Simulation(SCENARIO)
    newest: dict[str, int] = {}
    for reading in msgspec.json.decode(body(groups(simulation.plates, 1)[0], next(simulation.chunks(5)))):
        time = nanoseconds(reading["time"])
        assert time >= newest.get(reading["asset"], 0)
        newest[reading["asset"]] = time


@pytest.mark.parametrize("count", [1, 3, 4, 50])
def test_groups_share_no_machine_and_forget_none(count: int) -> None:
    """Each machine is in one group; there are never more groups than machines."""
    dealt = [asset for group in groups(fleet(SCENARIO), count) for asset in group.assets]
    assert sorted(dealt) == sorted(plate.asset for plate in fleet(SCENARIO))
    assert len(groups(fleet(SCENARIO), count)) == min(count, 10)
