"""Event-time exactness: simulated plants delivered in many orders, against the delivery in order."""

from bench.progress import say
from pdm.evaluate.order import Order, order

SEEDS, MACHINES, SECONDS = 100, 20, 7_200


def run(seed: int = 7, seeds: int = SEEDS, machines: int = MACHINES, seconds: int = SECONDS) -> Order:
    """Compare so many plants, the first of them with this seed."""
    return order(range(seed, seed + seeds), machines, seconds, say)
