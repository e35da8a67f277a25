"""How well sensor faults are told from machine faults, on simulated machines; quality, no timing."""

from bench.progress import say
from pdm.evaluate.sensors import EACH, Sensors
from pdm.evaluate.sensors import sensors as evaluate


def run(seed: int = 7, seeds: int = 3, each: int = EACH) -> Sensors:
    """Evaluate some plants from `seed` on, `each` sensors with every fault in each."""
    return evaluate(range(seed, seed + seeds), say, each)
