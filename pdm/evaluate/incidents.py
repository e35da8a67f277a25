"""Recorded incidents: labelled failures and healthy stretches that every change is judged on again."""

from pathlib import Path

from msgspec import Struct

from pdm.demo.expected import expected
from pdm.evaluate.healthy import of_scenario
from pdm.evaluate.material import Logged, Progress, logged, material
from pdm.plant.load import load, parse
from pdm.plant.spec import Plant
from pdm.simulator.plant_file import plant_file
from pdm.simulator.scenario import Scenario

SHIPPED = Scenario(machines=30, seed=5, duration_s=1800, fault_share=0.6, sensor_share=0.0, early=0)
"""18 failures, every kind of machine fault of the catalogue among them, and 12 healthy machines."""


class Incidents(Struct, frozen=True):
    """Runs with the plant file that they were recorded under.

    source : what they are, so that two records of different incidents are not compared
    """

    source: str
    plant: Plant
    runs: tuple[Logged, ...]


def shipped(progress: Progress = lambda _line: None) -> Incidents:
    """Simulate the incidents that ship: the same seed, the same readings."""
    progress(f"simulating {SHIPPED.machines} machines for {SHIPPED.duration_s // 60} minutes")
    plant = parse(plant_file(SHIPPED, expected(SHIPPED)), "simulated incidents")
    source = f"simulated, seed {SHIPPED.seed}, {SHIPPED.machines} machines, {SHIPPED.duration_s} s"
    return Incidents(source, plant, tuple(logged(one, plant) for one in of_scenario(SHIPPED)))


def recorded(folder: Path, progress: Progress = lambda _line: None) -> Incidents:
    """Read a folder of labelled recordings; a normal stream counts as a healthy stretch.

    raises FolderError or LayoutError
    """
    plant = load(None)
    held = material(folder, plant, progress)
    return Incidents(f"{folder.resolve().name}, {len(held.everything())} runs", plant, held.everything())
