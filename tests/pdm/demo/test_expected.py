"""The expectations of the demo's motors."""

import msgspec

from pdm.demo.expected import RESPONDERS, expected
from pdm.plant.load import parse
from pdm.simulator.fleet import fleet
from pdm.simulator.plant_file import plant_file
from pdm.simulator.scenario import Scenario


def test_each_motor_has_its_own_and_no_other_machine_has_one() -> None:
    """The current that a motor takes for its load goes with its rating."""
    scenario = Scenario(machines=8)
    plant = parse(plant_file(scenario, expected(scenario)), "simulated.toml")
    for plate in fleet(scenario):
        found = plant.machines[plate.asset].expected
        assert set(found) == (set(RESPONDERS) if plate.machine_class == "motor" else set())
        if found:
            assert found["current"].coefficients[0] > 0.5 * plate.power_kw


def test_another_day_has_the_same_machines_and_other_duties() -> None:
    """What is fitted there is not the noise of the day that is watched."""
    today = Scenario()
    other = msgspec.structs.replace(today, day=1)
    assert fleet(other) == fleet(today)
    for purpose, same in (("sizes", True), ("hall", True), ("speed-steps", False), ("instruments", False)):
        drawn = [day.draws(purpose, "motor").random() for day in (today, other)]
        assert (drawn[0] == drawn[1]) == same, purpose
