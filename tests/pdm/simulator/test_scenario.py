"""A scenario is a value: it refuses nonsense and gives independent random streams."""

import pytest

from pdm.simulator.scenario import Scenario


@pytest.mark.parametrize(
    "wrong", [{"machines": 0}, {"duration_s": 60}, {"fault_share": 0.9, "sensor_share": 0.2}]
)
def test_refuses_what_cannot_be_simulated(wrong: dict[str, float]) -> None:
    """No machine, no time, or more faults than machines is an error at once."""
    with pytest.raises(ValueError, match=r"machine|short"):
        Scenario(**wrong)  # type: ignore[arg-type]


def test_streams_of_different_purposes_are_independent() -> None:
    """The same purpose gives the same numbers, another purpose, class or seed gives others."""
    first = Scenario(seed=1).draws("sizes", "pump").random()
    assert Scenario(seed=1).draws("sizes", "pump").random() == first
    others = {
        Scenario(seed=1).draws("sizes", "fan").random(),
        Scenario(seed=1).draws("duty", "pump").random(),
        Scenario(seed=2).draws("sizes", "pump").random(),
    }
    assert len(others | {first}) == 4
