"""The whole protocol in its order: at a budget, random positions, left out, under stress, healthy."""

from pathlib import Path

from msgspec import Struct

from pdm.chain.detection.kit import Kit
from pdm.evaluate.budget import Budgets, budgets
from pdm.evaluate.healthy import DAYS, Healthy, healthy
from pdm.evaluate.material import Progress, material
from pdm.evaluate.nested import Nested, nested
from pdm.evaluate.randomised import DRAWS, Randomised, randomised
from pdm.evaluate.stress import Stress, stress
from pdm.evaluate.truncation import Truncation, truncation
from pdm.plant.spec import Plant


class Protocol(Struct, frozen=True):
    """Every part, each explained where it is defined."""

    seed: int
    recall_at_budget: Budgets
    randomised_positions: Randomised
    left_out: Nested
    stress: Stress
    truncation: Truncation
    healthy_simulated: Healthy


def protocol(
    folder: Path,
    plant: Plant,
    seed: int = 0,
    draws: int = DRAWS,
    days: int = DAYS,
    progress: Progress = lambda _line: None,
) -> Protocol:
    """Run the whole protocol on a folder; minutes rather than seconds.

    draws : random cuts of each run      days : of the healthy simulated plant
    """
    held, kit = material(folder, plant, progress), Kit(plant)
    return Protocol(
        seed=seed,
        recall_at_budget=budgets(held),
        randomised_positions=randomised(held, kit, seed, draws, progress),
        left_out=nested(held, progress),
        stress=stress(held, kit, seed, progress),
        truncation=truncation(held, kit, seed),
        healthy_simulated=healthy(seed + 11, days, progress),
    )
