"""The plant file: what it means in SI, and the line of every mistake."""

import math
from pathlib import Path

import pytest

from models.residual import DRIVERS
from pdm.errors import PlantError
from pdm.plant.load import load, parse
from pdm.plant.lookup import allowance_of, channel_spec, channels_of, class_of, expected_of
from pdm.plant.machines import MOST_DRIVERS
from pdm.plant.spec import Allowance
from pdm.records.block import Channel, Source

EXAMPLE = Path(__file__).parents[3] / "docs" / "plant.example.toml"

PLANT = """\
[plant]
name = "Works"
timezone = "Europe/Berlin"
strict = true
frame = "500 ms"

[sources.historian]
lateness = "1 h"

[quantities.temperature]
allowance = { relative = 0.1, absolute = 2, unit = "°C" }

[classes.blower.channels.temp]
quantity = "temperature"
unit = "degC"
valid = [-40, 200]
limits = { high = 80, high_high = 95 }
allowance = { absolute = 1.5 }
per_frame = 1

[classes.blower.channels.vib]
quantity = "vibration"
unit = "mm/s"

[[machines]]
asset = "blower-1"
class = "blower"
path = "works/hall/line"
power_kw = 7.5
speed_rpm = 1500
bearing = { elements = 9, element_diameter_mm = 8, pitch_diameter_mm = 40, contact_angle_deg = 90 }

[[machines]]
asset = "blower-2"
class = "blower"

[machines.channels.temp]
limits = { high = 70 }

[machines.channels.flow]
quantity = "flow"
unit = "l/min"
"""


def test_a_plant_file_becomes_si_values() -> None:
    """Every number is converted once, limits with the offset of their scale and allowances without it."""
    plant = parse(PLANT, "plant.toml")
    assert (plant.name, plant.timezone, plant.strict, plant.frame_ns) == (
        "Works",
        "Europe/Berlin",
        True,
        500_000_000,
    )
    assert plant.sources["historian"] == Source("historian", "", 3_600_000_000_000)
    temp = channel_spec(plant, "blower-1", "", "temp")
    assert temp is not None
    assert temp.valid == pytest.approx((233.15, 473.15))
    assert (temp.limits.high, temp.limits.high_high) == pytest.approx((353.15, 368.15))
    assert temp.limits.low is None
    assert temp.allowance == Allowance(0.0, 1.5)
    machine = plant.machines["blower-1"]
    assert (machine.power, machine.speed, machine.path) == (7500.0, 25.0, "works/hall/line")
    assert machine.bearing is not None
    assert machine.bearing.pitch_diameter == pytest.approx(0.04)
    assert machine.bearing.contact_angle == pytest.approx(math.pi / 2)


def test_a_machines_own_keys_lie_over_those_of_its_class() -> None:
    """A channel that is changed keeps what it does not name; one without its own shares the class's table."""
    plant = parse(PLANT, "plant.toml")
    own = channel_spec(plant, "blower-2", "", "temp")
    assert own is not None
    assert own.limits.high == pytest.approx(343.15)
    assert own.limits.high_high is None
    assert own.valid == pytest.approx((233.15, 473.15))
    assert set(plant.machines["blower-2"].channels) == {"temp", "vib", "flow"}
    assert plant.machines["blower-1"].channels is plant.classes["blower"].channels


def test_a_machine_the_file_does_not_name_has_the_class_it_comes_with() -> None:
    """Undeclared machines get their channels from the class that the source gave."""
    plant = parse(PLANT, "plant.toml")
    assert class_of(plant, "stranger", "blower") == "blower"
    assert class_of(plant, "blower-1", "pump") == "blower"
    assert set(channels_of(plant, "stranger", "blower")) == {"temp", "vib"}
    assert channel_spec(plant, "stranger", "", "temp") is None


def test_the_allowance_nearest_to_the_channel_counts() -> None:
    """Own allowance, then that of quantity and unit, then that of the quantity, then none."""
    plant = parse(PLANT + '\n[quantities."vibration m/s2"]\nallowance = { absolute = 1, unit = "g" }\n', "p")
    assert allowance_of(plant, "blower-1", "", Channel("temp", "temperature", "K")) == Allowance(0.0, 1.5)
    assert allowance_of(plant, "x", "", Channel("temp", "temperature", "K")) == Allowance(0.1, 2.0)
    assert allowance_of(plant, "x", "", Channel("v", "vibration", "m/s2")) == Allowance(0.0, 9.80665)
    assert allowance_of(plant, "x", "", Channel("v", "vibration", "m/s")) == Allowance(0.05, 0.0)
    assert allowance_of(plant, "x", "", Channel("v", "unheard-of", "1")) == Allowance()


def test_without_a_file_the_defaults_stand_alone() -> None:
    """The shipped defaults are a plant, in UTC, with frames of a second and allowances by quantity."""
    plant = load(None)
    assert (plant.strict, plant.frame_ns, plant.timezone, plant.machines) == (False, 1_000_000_000, "UTC", {})
    assert plant.quantities["pressure"] == Allowance(0.0, 40_000.0)
    assert plant.quantities["flow"] == Allowance(0.012, 0.1 * (1e-3 / 60))


def test_a_plant_travels_as_its_text() -> None:
    """Parsing the text that a plant carries gives the same plant."""
    plant = parse(PLANT, "plant.toml")
    assert parse(plant.toml, "elsewhere.toml") == plant


def test_a_class_of_the_defaults_may_be_extended() -> None:
    """A class that is given again keeps the channels which the file does not mention."""
    assert set(load(None).classes) <= set(parse(PLANT, "p").classes)


def test_the_example_in_the_documentation_loads() -> None:
    """The commented example is a valid plant file with a machine, a class, a source and a bearing."""
    plant = load(EXAMPLE)
    assert plant.sources
    assert any(machine.bearing for machine in plant.machines.values())
    assert any(spec.limits.high for machine in plant.machines.values() for spec in machine.channels.values())


FITTED = """\
[[machines]]
asset = 'a'
[machines.expected.vib]
drivers = ['load']
offsets = [0.8]
centre = 0.002
coefficients = [0.1]
scale = 0.2
"""
FIVE = """\
[[machines]]
asset = 'a'
expected.vib = {drivers=['a','b','c','d','e'],offsets=[1,1,1,1,1],coefficients=[1,1,1,1,1],centre=0,scale=1}
"""


def test_a_machines_own_expectation_lies_over_that_of_its_class() -> None:
    """A channel the machine does not name keeps that of the class, which is all that strangers have."""
    of_class = FITTED.replace("[[machines]]\nasset = 'a'\n", "").replace(
        "machines.expected", "classes.c.expected"
    )
    other = of_class.replace("expected.vib", "expected.heat")
    plant = parse(
        of_class + other + FITTED.replace("asset = 'a'", "asset = 'a'\nclass = 'c'").replace("0.002", "3"),
        "p",
    )
    assert {name: one.centre for name, one in expected_of(plant, "a").items()} == {"vib": 3.0, "heat": 0.002}
    assert {name: one.centre for name, one in expected_of(plant, "b", "c").items()} == {
        "vib": 0.002,
        "heat": 0.002,
    }
    assert expected_of(plant, "b") == {}


def test_the_detector_has_room_for_all_drivers_that_a_plant_file_may_name() -> None:
    """One more would stop the workers at the first frame of the machine."""
    assert MOST_DRIVERS == DRIVERS


WRONG = [
    ("[plant]\nname = \n", 2, "Invalid value"),
    ("[plant\n", 1, "Expected"),
    ('[plant]\nname = "a', 2, ""),
    ("[plant]\nnmae = 'x'\n", 2, "unknown key 'nmae'"),
    ("\n[plnt]\nname = 'x'\n", 2, "unknown key 'plnt'"),
    ("[plant]\nname = 3\n", 2, "name must be a text"),
    ("plant = 3\n", 1, "plant must be a table"),
    ("[plant]\nstrict = 'yes'\n", 2, "must be true or false"),
    ("[plant]\nframe = '1 fortnight'\n", 2, "frame must be a time"),
    ("[plant]\nframe = '0 s'\n", 2, "more than 0"),
    ("[plant]\ntimezone = 'Mars/Olympus'\n", 2, "time zone"),
    ("[sources.a]\nlateness = '2 s'\n[sources.b]\nlateness = '25 h'\n", 4, "at most 24 h"),
    ("[sources.'b d']\nlateness = '2 s'\n", 1, "may only have"),
    ("[quantities.humour]\nallowance = {}\n", 1, "is no quantity"),
    ("[quantities.pressure]\nallowance = { absolute = 1 }\n", 2, "unit is missing"),
    ("[quantities.pressure]\nallowance = { absolute = 1, unit = 'K' }\n", 2, "does not fit"),
    ("[quantities.pressure]\nallowance = { relative = -1 }\n", 2, "negative"),
    ("[classes.c.channels.t]\nquantity = 'temperature'\n", 1, "unit is missing"),
    ("[classes.c.channels.t]\nquantity = 'heat'\nunit = 'K'\n", 2, "'heat' is none of"),
    ("[classes.c.channels.t]\nquantity = 'temperature'\n\nunit = 'bar'\n", 4, "does not fit"),
    (
        "[classes.c.channels.t]\nquantity = 'temperature'\nunit = 'K'\nvalid = [3, 1]\n",
        4,
        "[lowest, highest]",
    ),
    ("[classes.c.channels.t]\nquantity = 'temperature'\nunit = 'K'\nvalid = [nan, 1]\n", 4, "finite"),
    (
        "[classes.c.channels.t]\nquantity = 'temperature'\nunit = 'K'\nlimits = {high=2, low=3}\n",
        4,
        "must rise",
    ),
    (
        "[classes.c.channels.t]\nquantity = 'temperature'\nunit = 'K'\nlimits = {hgih=2}\n",
        4,
        "unknown key 'hgih'",
    ),
    ("[classes.c.channels.t]\nquantity = 'temperature'\nunit = 'K'\nper_frame = -1\n", 4, "whole number"),
    ("[[machines]]\nasset = 'a'\n[[machines]]\nasset = 'a b'\n", 4, "may only have"),
    ("[[machines]]\nasset = 'a'\n[[machines]]\nasset = 'a'\n", 4, "declared twice"),
    ("[[machines]]\nasset = 'a'\n[[machines]]\nclass = 'x'\n", 3, "asset is missing"),
    ("[[machines]]\nasset = 'a'\nclass = 'nowhere'\n", 3, "is not declared"),
    ("[[machines]]\nasset = 'a'\n[[machines]]\nasset = 'b'\npower_kw = 0\n", 5, "must be positive"),
    (
        "[[machines]]\nasset = 'a'\n[machines.channels.t]\nquantity = 'load'\nunit = 'bar'\n",
        5,
        "does not fit",
    ),
    (FITTED.replace("[0.1]", "[0.1, 2]"), 4, "equally many"),
    (FITTED.replace("0.2", "0"), 8, "scale must be positive"),
    (FITTED.replace("'load'", "'vib'"), 4, "other channels"),
    (FITTED.replace("'load'", "'a', 'b', 'c', 'd', 'e'").replace("[0.1]", "[1, 1, 1, 1, 1]"), 4, "equally"),
    (FIVE, 3, "4 at most"),
    (FITTED + "spread = 1\n", 9, "unknown key 'spread'"),
    (FITTED.replace("machines.expected.vib", "machines.expected.'v b'"), 3, "may only have"),
    ("[[machines]]\nasset = 'a'\nbearing = {elements = 9}\n", 3, "is missing"),
    ("[machines]\nasset = 'a'\n", 1, "array of tables"),
]


@pytest.mark.parametrize(("text", "line", "problem"), WRONG)
def test_a_mistake_is_named_with_its_line(text: str, line: int, problem: str) -> None:
    """Whatever is wrong, the error says the file, the line and the reason."""
    with pytest.raises(PlantError) as wrong:
        parse(text, "plant.toml")
    assert wrong.value.line == line
    assert problem in wrong.value.problem
    assert str(wrong.value).startswith(f"plant.toml:{line}: ")


def test_a_file_that_cannot_be_read_is_an_error_of_the_plant(tmp_path: Path) -> None:
    """A missing file and one that is no text are told apart from a wrong line."""
    with pytest.raises(PlantError, match="cannot be read"):
        load(tmp_path / "absent.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PlantError, match="cannot be read"):
        load(tmp_path / "binary.toml")


def test_a_class_names_what_tells_whether_it_runs() -> None:
    """The machine's own list counts before that of its class; an empty one says that it always does."""
    text = """
[classes.pump]
running = ["speed"]
[[machines]]
asset = "p-1"
class = "pump"
[[machines]]
asset = "p-2"
class = "pump"
running = []
"""
    plant = parse(text, "plant.toml")
    assert [plant.machines[name].running for name in ("p-1", "p-2")] == [("speed",), ()]
    with pytest.raises(PlantError, match="each named once"):
        parse('[classes.pump]\nrunning = ["a", "a"]', "plant.toml")
