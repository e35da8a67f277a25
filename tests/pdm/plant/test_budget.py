"""The budget of false alarms: where it is read, and what it does to the line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdm.errors import PlantError
from pdm.plant.budget import HIGHEST, LOWEST, line_of
from pdm.plant.load import parse
from pdm.plant.lookup import budget_of
from pdm.plant.spec import Budget

TOML = """
[plant]
false_alarms_per_day = 2.0
[classes.pump]
false_alarms_per_day = 0.5
score_tail = { per_day = 4.0, step = 0.1 }
[[machines]]
asset = "pump-7"
class = "pump"
[[machines]]
asset = "pump-8"
class = "pump"
false_alarms_per_day = 8.0
"""


def test_the_nearest_budget_counts() -> None:
    """A machine's own goes before that of its class, and that before the plant's."""
    plant = parse(TOML, "test.toml")
    told = {name: budget_of(plant, name, "fan") for name in ("pump-7", "pump-8", "fan-1")}
    assert {name: one.per_day for name, one in told.items() if one} == {
        "pump-7": 0.5,
        "pump-8": 8.0,
        "fan-1": 2.0,
    }
    assert budget_of(parse("", "test.toml"), "pump-7") is None


@given(st.floats(0.001, 1e4), st.floats(0.001, 1e4))
def test_who_puts_up_with_less_gets_a_higher_line(a: float, b: float) -> None:
    """The line never falls when the budget does, and stays in its bounds."""
    low, high = sorted((a, b))
    strict, easy = (line_of(Budget(per_day, 20.0, 0.5)) for per_day in (low, high))
    assert LOWEST <= easy <= strict <= HIGHEST


def test_without_a_budget_the_line_is_one() -> None:
    """And with one that is what the line 1.0 gives anyway, too."""
    assert line_of(None) == line_of(Budget(20.0, 20.0, 0.5)) == 1.0


@pytest.mark.parametrize(
    "wrong", ["false_alarms_per_day = 0", "score_tail = { step = 0.0 }", "score_tail = { x = 1 }"]
)
def test_nonsense_is_refused(wrong: str) -> None:
    """A plant file that cannot be meant does not start a service."""
    with pytest.raises(PlantError):
        parse(f"[plant]\n{wrong}\n", "test.toml")
