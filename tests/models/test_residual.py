"""The fitted expectation as it scores."""

import numpy as np

from models import residual
from models.pace import pace
from models.row import Array, Row


def healthy(frames: int = 2000, seed: int = 0) -> Array:
    """Speed, load, and a current that follows both."""
    rng = np.random.default_rng(seed)
    speed, load = rng.uniform(20.0, 50.0, frames), rng.uniform(0.2, 1.0, frames)
    return np.column_stack([speed, load, 3.0 + 0.1 * speed + 8.0 * load + rng.normal(0.0, 0.2, frames)])


def test_a_changed_law_crosses_the_line_and_a_changed_load_does_not() -> None:
    """Healthy rows at any load stay below 1; two amperes that no driver explains do not."""
    params = np.zeros(3, residual.PARAM)
    params[2] = (9.5, 1.0, (0.1, 8.0, 0, 0), (25.0, 0.5, 0, 0), (0, 1, 0, 0), 2)
    X = healthy(seed=1)
    X[1000:, 2] += 2.0
    slots, part, ok = np.zeros(3, residual.SLOT), np.zeros(3), np.ones(3, np.bool_)
    scores = [residual.score_row(slots, params, pace(), Row(0, 0, 3, 1, x, ok), part) for x in X]
    assert max(scores[:1000]) < 1.0
    assert min(scores[1050:]) > 1.0
    assert part[0] == part[1] == 0.0
