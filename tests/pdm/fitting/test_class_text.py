"""What was learnt of a class in the text of a plant file: it is read back as it was, and replaced."""

from pdm.fitting.class_text import with_sisters
from pdm.plant.load import parse
from pdm.plant.spec import Allowance, Sisters

PLANT = """\
# Ours.
[classes.pump.channels.oil]
quantity = "temperature"
unit = "°C"

[[machines]]
asset = "a"
class = "pump"
"""
ONE = Sisters(("a", "b"), {"oil": Allowance(absolute=0.25), "de.x": Allowance(relative=0.012345678)})
OTHER = Sisters(("a", "b", "c"), {"oil": Allowance(absolute=0.5)})


def test_what_is_written_is_read_back() -> None:
    """To four digits; what stood in the file stays, word for word."""
    made = with_sisters(PLANT, {"pump": ONE})
    assert made.startswith(PLANT)
    assert parse(made, "p").classes["pump"].sisters == Sisters(
        ("a", "b"), {"oil": Allowance(absolute=0.25), "de.x": Allowance(relative=0.01235)}
    )
    assert parse(made, "p").classes["pump"].channels["oil"].quantity == "temperature"


def test_what_is_learnt_again_takes_the_place_of_what_was() -> None:
    """For its own class; another whose name begins alike is left alone."""
    both = with_sisters(PLANT, {"pump": ONE, "pumps": ONE})
    made = parse(with_sisters(both, {"pump": OTHER}), "p")
    assert made.classes["pump"].sisters == OTHER
    assert made.classes["pumps"].sisters == parse(both, "p").classes["pumps"].sisters
