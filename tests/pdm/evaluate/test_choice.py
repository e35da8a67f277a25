"""Chance chooses nothing; what is plainly better is chosen."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pdm.evaluate.choice import best, chance, choose
from pdm.evaluate.run import Array

RUNS = 20


def table(seed: int, wrong: float) -> Array:
    """Runs of 400 anomalous and 400 normal rows, of which a share is wrong, more or less."""
    rng = np.random.default_rng(seed)
    missed, false = rng.binomial(400, wrong, (2, RUNS))
    return np.stack([400 - missed, false, missed, 400 - false], axis=1)


def test_what_is_better_in_one_run_alone_is_luck() -> None:
    """It has the best F1 of all, and what ships is taken."""
    shipped = table(1, 0.1)
    lucky = shipped.copy()
    lucky[3] = (400, 0, 0, 400)
    assert best([shipped, lucky]) == 1
    assert choose([shipped, lucky]) == 0


def test_what_is_better_in_most_runs_is_chosen() -> None:
    """Even by a little."""
    shipped = table(1, 0.1)
    better = shipped + np.array([4, 0, -4, 0])
    assert choose([shipped, better, table(2, 0.3)]) == 1


def test_the_first_of_equals_is_what_ships() -> None:
    """No difference has no error."""
    shipped = table(1, 0.1)
    assert chance(shipped, shipped) == 0.0
    assert choose([shipped, shipped.copy()]) == 0


@given(st.integers(0, 2**32 - 1))
def test_the_jackknife_is_that_of_a_mean(seed: int) -> None:
    """Where F1 is nearly linear in the runs, it is the spread of runs over the root of their number."""
    one, other = table(seed, 0.1), table(seed + 1, 0.1)
    each = [2.0 * t[:, 0] / (2.0 * t[:, 0] + t[:, 1] + t[:, 2]) for t in (one, other)]
    plain = np.std(each[0] - each[1], ddof=1) / np.sqrt(RUNS)
    assert 0.9 < chance(one, other) / plain < 1.1
