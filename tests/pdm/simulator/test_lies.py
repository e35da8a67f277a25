"""What lying sensors say."""

import numpy as np
import pytest

from pdm.records.sensor import SensorFault
from pdm.simulator.catalogue import BEARING, CURRENT, FLOW, Signal
from pdm.simulator.lag import Array
from pdm.simulator.lies import possible, tell

ONSET = 100


def truth(signal: Signal) -> Array:
    """A quarter of an hour at 50, as the instrument resolves it."""
    return np.asarray(np.round(np.random.default_rng(1).normal(50.0, 0.5, 900), signal.decimals))


@pytest.mark.parametrize("fault", SensorFault)
@pytest.mark.parametrize("signal", [BEARING, CURRENT, FLOW], ids=lambda signal: signal.name)
def test_a_sensor_says_the_truth_until_it_lies(fault: SensorFault, signal: Signal) -> None:
    """The same draws give the same lie, and what comes before the onset is as it was."""
    series = truth(signal)
    told, again = (tell(fault, signal, series, ONSET, np.random.default_rng(7)) for _ in range(2))
    assert told.values.tobytes() == again.values.tobytes()
    assert told.values[:ONSET].tolist() == series[:ONSET].tolist()
    assert not told.shift[:ONSET].any()
    changed = ~np.isclose(told.values[ONSET:], series[ONSET:]) | (told.shift[ONSET:] != 0)
    assert changed.any()


def test_no_sensor_says_what_would_be_refused() -> None:
    """A swap that leaves the declared range never gets in, so it is not planted."""
    hot = np.full(900, 120.0)
    assert possible(SensorFault.SCALE, BEARING, truth(BEARING))
    assert not possible(SensorFault.SCALE, BEARING, hot)
