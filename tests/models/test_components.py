"""The fitted pattern: quiet on what health does, loud on what it does not."""

import numpy as np
import pytest

from models import components, drift, pattern
from models.pace import pace
from models.row import Array, Row

PACE = pace()


def healthy(frames: int, seed: int = 0) -> Array:
    """Three channels that follow one load, and a fourth that does not."""
    rng = np.random.default_rng(seed)
    load = np.convolve(rng.normal(0.0, 1.0, frames + 60), np.ones(61) / 8.0, "valid")
    return 100.0 + np.outer(load, [1.0, 0.8, 0.6, 0.0]) + rng.normal(0.0, 0.2, (frames, 4))


def allowances() -> Array:
    """Wide ones: each channel alone is never off."""
    params = np.zeros(4, drift.PARAM)
    params["absolute"] = 20.0
    return params


def scores(found: components.Pattern, X: Array) -> Array:
    """Score frames with a pattern; the shares of each frame are checked on the way."""
    params = np.zeros(4, pattern.PARAM)
    params["scale"], params["loading"] = found.scales, found.loadings
    params["precision"], params["beside"] = found.precisions, found.beside
    slots, machines, part, out = np.zeros(4, drift.SLOT), np.zeros(1, drift.MACHINE), np.zeros(4), []
    for x in X:
        row = Row(0, 0, 4, 1, x, np.ones(4, np.bool_))
        drift.score_row(slots, allowances(), PACE, row, part)
        out.append(pattern.score_row(slots, params, PACE, row, part))
        drift.learn_row(slots, machines, allowances(), PACE, row, False, False)
    return np.array(out)


def test_a_channel_that_leaves_its_company_is_seen() -> None:
    """A load moves three channels together, and that is nothing; one that moves alone is off."""
    found = components.fit(components.deviations(healthy(6000), allowances(), PACE))
    X = healthy(3000, seed=1)
    assert scores(found, X)[600:].max() < 1.0
    X[2000:, 1] += 4.0
    assert scores(found, X)[2060] > 1.0


def test_channels_that_never_move_make_no_pattern() -> None:
    """A pattern needs two channels that move."""
    with pytest.raises(ValueError, match="two channels"):
        components.fit(np.zeros((50, 3)))
