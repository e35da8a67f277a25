"""What a new machine gains from the sisters of its class, on simulated plants; quality, no timing."""

from bench.progress import say
from pdm.evaluate.sisters import Gain, gain


def run(seed: int = 7, seeds: int = 3, machines: int = 13) -> Gain:
    """Learn from the plant of this seed, and start the machines of the next ones."""
    return gain(range(seed, seed + seeds), machines, say)
