"""The fitted expectation."""

import numpy as np
import pytest

from models import residual
from models.pace import pace
from models.row import Array, Row


def healthy(frames: int = 2000, seed: int = 0) -> Array:
    """Speed, load, and a current that follows both, with some wild values."""
    rng = np.random.default_rng(seed)
    speed, load = rng.uniform(20.0, 50.0, frames), rng.uniform(0.2, 1.0, frames)
    current = 3.0 + 0.1 * speed + 8.0 * load + rng.normal(0.0, 0.2, frames)
    current[::97] += 40.0
    return np.column_stack([speed, load, current])


def test_fit_finds_the_law_in_spite_of_wild_values() -> None:
    """Coefficients are those of the law; wild values do not bend them."""
    model = residual.fit(healthy(), [0, 1], [2], pace().smooth)[2]
    assert model["coefficient"][:2] == pytest.approx([0.1, 8.0], rel=0.05)
    assert model["drivers"] == 2


def test_fit_refuses_no_drivers() -> None:
    """A model without drivers is none."""
    with pytest.raises(ValueError, match="1 to 4 drivers"):
        residual.fit(healthy(), [], [2], 0.1)


def test_a_changed_law_crosses_the_line_and_a_changed_load_does_not() -> None:
    """Healthy rows at any load stay below 1; two amperes that no driver explains do not."""
    params = residual.fit(healthy(), [0, 1], [2], pace().smooth)
    X = healthy(seed=1)
    X = X[np.arange(len(X)) % 97 != 0]
    X[1000:, 2] += 2.0
    slots, part, ok = np.zeros(3, residual.SLOT), np.zeros(3), np.ones(3, np.bool_)
    scores = [residual.score_row(slots, params, pace(), Row(0, 0, 3, 1, x, ok), part) for x in X]
    assert max(scores[:1000]) < 1.0
    assert min(scores[1050:]) > 1.0
    assert part[0] == part[1] == 0.0
