"""Expectations in the text of a plant file."""

import pytest

from pdm.errors import PlantError
from pdm.fitting.result import Fit, Fitted
from pdm.fitting.written import placed
from pdm.plant.load import parse
from pdm.plant.spec import Expected

PLANT = """\
# Ours.
[[machines]]
asset = "a"

[machines.channels.load]
quantity = "load"
unit = "%"

[machines.expected.vib]
drivers = ["load"]
centre = 9
coefficients = [9]
offsets = [9]
scale = 9

[machines.expected.heat]
drivers = ["load"]
centre = 8
coefficients = [8]
offsets = [8]
scale = 8

# The other one.
[[machines]]
asset = "b"
"""


def made(asset: str, *channels: str) -> Fit:
    """A fit of these channels on load."""
    model = Expected(("load",), 1.0 / 3.0, (2.0,), (0.5,), 0.1)
    return Fit(asset, tuple(Fitted(channel, model, (0.1,), 0.9, 0.0) for channel in channels), ())


def test_a_machine_keeps_its_place_and_what_was_not_fitted_anew() -> None:
    """The channel that was fitted is replaced; comments, channels and other machines stay."""
    text = placed(PLANT, made("a", "vib", "de.x"), "")
    plant = parse(text, "p")
    assert {name: one.centre for name, one in plant.machines["a"].expected.items()} == {
        "heat": 8.0,
        "vib": 0.3333333,
        "de.x": 0.3333333,
    }
    assert plant.machines["b"].expected == {}
    assert "load" in plant.machines["a"].channels
    assert text.index("# The other one.") + 17 == text.index('[[machines]]\nasset = "b"')


def test_the_last_machine_and_one_that_is_not_named_come_to_the_end() -> None:
    """And a file that is put into again has each expectation once."""
    text = placed(placed(placed(PLANT, made("b", "vib")), made("c", "vib"), ""), made("b", "vib"))
    plant = parse(text, "p")
    assert set(plant.machines) == {"a", "b", "c"}
    assert text.count("[machines.expected.vib]") == 3
    assert set(plant.machines["c"].expected) == {"vib"}


def test_machines_that_are_written_otherwise_are_left_to_people() -> None:
    """Rather than guess where their tables would belong."""
    with pytest.raises(PlantError, match="by hand"):
        placed('machines = [{asset = "a"}]\n', made("a", "vib"))
