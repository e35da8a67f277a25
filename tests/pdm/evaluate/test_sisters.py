"""What sisters are worth, on two simulated machines."""

from msgspec import structs

from pdm.evaluate.healthy import of_scenario
from pdm.evaluate.sisters import GROWN, shaken, start
from pdm.plant.load import parse
from pdm.plant.spec import Allowance, Sisters
from pdm.simulator.plant_file import plant_file
from pdm.simulator.scenario import Scenario


def test_a_fault_in_the_first_minute_is_seen_with_sisters_alone() -> None:
    """In the second minute without them too; a healthy machine has no alarm either way."""
    quiet = Scenario(6, 3, 600, fault_share=0.0, sensor_share=0.0, early=0)
    new = next(one for one in of_scenario(quiet) if one.machine_class == "motor")
    plant = structs.replace(parse(plant_file(quiet), "p"), machines={})
    steady = Allowance(relative=0.015)
    known = Sisters(("a", "b"), {"de-velocity": steady, "nde-velocity": steady})
    motors = structs.replace(plant.classes["motor"], sisters=known)
    taught = structs.replace(plant, classes={**plant.classes, "motor": motors})
    alone, helped = (start(one, [new], (60, 120)) for one in (plant, taught))
    assert (alone.seen_of_each[60], helped.seen_of_each[60]) == (0.0, 1.0)
    assert alone.seen_of_each[120] == helped.seen_of_each[120] == 1.0
    assert alone.false_alarms == helped.false_alarms == 0
    place = next(k for k, one in enumerate(new.channels) if one.quantity == "vibration")
    assert shaken(new, 60).values[60, place] == GROWN * new.values[60, place]
