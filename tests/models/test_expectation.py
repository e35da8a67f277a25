"""The robust law of a channel, on series whose law is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_law import SMOOTH, slow

from models import expectation


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(-5.0, 5.0), st.floats(0.1, 5.0), st.floats(1e-6, 1e6))
def test_finds_the_law_in_any_unit(seed: int, first: float, second: float, unit: float) -> None:
    """Coefficients, whatever the channel is measured in."""
    rng = np.random.default_rng(seed)
    D = slow(rng, 4000, 50.0, 2)
    y = unit * (7.0 + first * D[:, 0] + second * D[:, 1] + rng.normal(0.0, 0.3, 4000))
    law = expectation.fit(expectation.sample(y, D, SMOOTH), [0, 1])
    assert law.coefficients / unit == pytest.approx([first, second], abs=0.06)
    assert law.share > 0.5 or first * first + second * second < 0.1


def test_wild_values_do_not_bend_it() -> None:
    """One row in forty is far off, always to the same side; the law stays what it is."""
    rng = np.random.default_rng(5)
    D = slow(rng, 4000, 50.0, 2)
    y = 3.0 + D @ [0.5, 2.0] + rng.normal(0.0, 0.2, 4000)
    wild = np.where(np.arange(4000) % 40 == 0, 40.0, 0.0)
    sample = expectation.sample(y + wild, D, SMOOTH)
    law = expectation.fit(sample, [0, 1])
    assert sample.left_out == pytest.approx(1 / 40, abs=0.002)
    assert law.coefficients == pytest.approx([0.5, 2.0], abs=0.03)
    level = law.centre - law.coefficients @ law.offsets
    assert level == pytest.approx(3.0, abs=0.03)


def test_healthy_rows_of_another_day_stay_below_the_line() -> None:
    """And a change that no driver explains, of ten damped spreads, does not."""
    rng = np.random.default_rng(6)
    D = slow(rng, 8000, 50.0, 1)
    y = 10.0 + 4.0 * D[:, 0] + rng.normal(0.0, 0.5, 8000)
    law = expectation.fit(expectation.sample(y[:4000], D[:4000], SMOOTH), [0])
    line = expectation.line(y[:4000], D[:4000], law, SMOOTH)
    residual = y[4000:] - law.centre - (D[4000:] - law.offsets) @ law.coefficients
    assert np.abs(expectation.damped(residual, SMOOTH)[50:]).max() < line
    assert np.abs(expectation.damped(residual + 2.0, SMOOTH)[50:]).min() > line


def test_the_line_is_never_finer_than_a_share_of_what_the_channel_does() -> None:
    """A law without noise would otherwise raise an alarm at the first rounding."""
    D = slow(np.random.default_rng(7), 2000, 50.0, 1)
    y = 2.0 * D[:, 0]
    law = expectation.fit(expectation.sample(y, D, SMOOTH), [0])
    assert expectation.line(y, D, law, SMOOTH) > 0.05
