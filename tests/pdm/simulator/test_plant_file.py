"""The plant file of a scenario names every machine and every channel that is simulated, and is accepted."""

import pytest

from pdm.plant.load import parse
from pdm.plant.spec import Plant
from pdm.simulator.catalogue import SIGNALS
from pdm.simulator.fleet import fleet
from pdm.simulator.plant_file import SOURCE, plant_file
from pdm.simulator.scenario import Scenario


@pytest.fixture(scope="module")
def plant() -> Plant:
    """The plant file of the default scenario, as the service reads it."""
    return parse(plant_file(Scenario()), "simulated.toml")


def test_names_all_machines_with_their_plates(plant: Plant) -> None:
    """Every machine is there with class, power in W and speed in Hz."""
    for plate in fleet(Scenario()):
        machine = plant.machines[plate.asset]
        assert machine.machine_class == plate.machine_class
        assert machine.power == pytest.approx(plate.power_kw * 1000.0)
        assert machine.speed == pytest.approx(plate.rated_rpm / 60.0)
    assert len(plant.machines) == 50


def test_declares_all_channels(plant: Plant) -> None:
    """Each class has the channels of the catalogue, in their units, one reading a frame."""
    for name, signals in SIGNALS.items():
        channels = plant.classes[name].channels
        assert {key: spec.unit for key, spec in channels.items()} == {s.name: s.unit for s in signals}
        assert all(spec.per_frame == 1 for spec in channels.values())
        assert all(spec.allowance is not None for spec in channels.values())


def test_limits_come_out_in_si(plant: Plant) -> None:
    """The zone borders of ISO 10816-3 for motors are 2.8 and 4.5 mm/s, which are m/s inside."""
    limits = plant.classes["motor"].channels["de-velocity"].limits
    assert (limits.high, limits.high_high) == pytest.approx((0.0028, 0.0045))


def test_the_source_is_declared_in_order(plant: Plant) -> None:
    """The simulator delivers each machine's readings in their order: frames close at once."""
    assert plant.sources[SOURCE].lateness_ns == 0


def test_says_only_what_is_there() -> None:
    """A plant of one pump has no class of fans."""
    assert "[classes.fan" not in plant_file(Scenario(machines=1))
