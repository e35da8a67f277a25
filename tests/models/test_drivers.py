"""Which drivers are found, and which are not, on series whose law is known."""

import numpy as np
from simulated_law import SMOOTH, slow
from statsmodels.regression.linear_model import OLS

from models import drivers, expectation
from models.row import Array


def chosen(y: Array, D: Array) -> tuple[int, ...]:
    """Return the columns that are found to drive y."""
    return drivers.choose(expectation.sample(y, D, SMOOTH)).columns


def test_finds_the_drivers_and_leaves_the_others_out() -> None:
    """Two of three candidates drive it; in fifteen plants of twenty at least nothing else is found."""
    found = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        D = slow(rng, 3600, 60.0, 3)
        found.append(chosen(D @ [1.0, -0.8, 0.0] + slow(rng, 3600, 20.0)[:, 0], D))
    assert all({0, 1} <= set(one) for one in found)
    assert sum(one == (0, 1) for one in found) >= 15


def test_autocorrelated_noise_smuggles_no_driver_in() -> None:
    """Slow noise beside a slow candidate: ordinary p-values find a driver in most, this in few."""
    ours = ordinary = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        D, noise = slow(rng, 3600, 100.0), slow(rng, 3600, 100.0)[:, 0]
        sample = expectation.sample(noise, D, SMOOTH)
        ours += bool(drivers.choose(sample).columns)
        plain = OLS(sample.y, np.column_stack([np.ones(len(sample.y)), sample.D])).fit()
        ordinary += bool(plain.pvalues[1] < 0.05)
    assert ours <= 5
    assert ordinary >= 3 * ours


def test_of_two_that_say_the_same_one_is_kept() -> None:
    """Speed in two units is one driver."""
    rng = np.random.default_rng(1)
    D = slow(rng, 3600, 60.0)
    assert len(chosen(D[:, 0] + rng.normal(0.0, 0.1, 3600), np.column_stack([D, 60.0 * D]))) == 1


def test_what_does_not_move_and_what_hardly_matters_is_none() -> None:
    """However sure its coefficient is: one that explains a hundredth is not worth a driver."""
    rng = np.random.default_rng(2)
    D = np.column_stack([slow(rng, 7200, 60.0, 2), np.full(7200, 5.0)])
    assert chosen(D @ [1.0, 0.05, 0.0] + rng.normal(0.0, 0.01, 7200), D) == (0,)


def test_more_than_there_is_room_for_are_not_kept() -> None:
    """Of six drivers the four that explain most."""
    rng = np.random.default_rng(3)
    D = slow(rng, 7200, 40.0, 6)
    assert chosen(D @ [4.0, 1.0, 5.0, 6.0, 1.0, 7.0], D) == (0, 2, 3, 5)


def test_the_interval_holds_the_truth() -> None:
    """In at least fifteen of twenty plants, although the noise is slow."""
    held = 0
    for seed in range(20):
        rng = np.random.default_rng(100 + seed)
        D = slow(rng, 5400, 60.0)
        sample = expectation.sample(2.0 * D[:, 0] + slow(rng, 5400, 60.0)[:, 0], D, SMOOTH)
        found = drivers.choose(sample)
        law = expectation.fit(sample, found.columns)
        held += bool(abs(law.coefficients[0] - 2.0) < found.margins[0])
    assert held >= 15
