"""What a channel is judged by: shipped packs below the plant file, packs in force above it."""

import pytest

from pdm.plant.load import parse as parse_plant
from pdm.records.block import Channel
from pdm.rules.changes import Signal, applied, changes, contradictions, declared, idle
from pdm.rules.pack import Pack
from pdm.rules.read import parse
from pdm.rules.rulebook import Rulebook

PLANT = parse_plant(
    """
[classes.pump.channels.de-velocity]
quantity = "vibration"
unit = "mm/s"
[[machines]]
asset = "small"
power_kw = 14.9
mounting = "rigid"
[[machines]]
asset = "medium"
power_kw = 300
mounting = "rigid"
[[machines]]
asset = "large"
class = "pump"
power_kw = 300.1
mounting = "flexible"
[[machines]]
asset = "own"
power_kw = 55
mounting = "rigid"
[machines.channels.de-velocity]
quantity = "vibration"
unit = "mm/s"
limits = { high = 9 }
[[machines]]
asset = "silent"
power_kw = 55
""",
    "p",
)
VELOCITY = Channel("de-velocity", "vibration", "m/s")
HEAD = '[pack]\nname = "{}"\nversion = "1"\nauthor = "a"\ndate = 2026-03-01\nsource = "s"\n'


def pack(rules: str, name: str = "site") -> Pack:
    """Write a pack of these rules, each on a line."""
    return parse(HEAD.format(name) + rules.replace("; ", "\n"), "p")


def limits(
    book: Rulebook, asset: str, channel: Channel = VELOCITY, group: str = ""
) -> tuple[float | None, ...]:
    """Return high and high_high in mm/s."""
    held = book.judged(asset, group, channel).limits
    return tuple(None if one is None else round(one * 1000, 6) for one in (held.high, held.high_high))


@pytest.mark.parametrize(
    ("asset", "expected"),
    [
        ("small", (None, None)),
        ("medium", (2.8, 4.5)),
        ("large", (7.1, 11.0)),
        ("own", (9.0, None)),
        ("silent", (None, None)),
        ("nobody", (None, None)),
    ],
)
def test_zones_come_by_power_and_mounting_unless_the_machine_has_limits_of_its_own(
    asset: str, expected: tuple[float | None, ...]
) -> None:
    """From 15 kW on; 300 kW is still group 2."""
    assert limits(Rulebook(PLANT), asset) == expected


def test_zones_are_for_velocities_alone() -> None:
    """An acceleration has no zone, whatever it is called."""
    assert limits(Rulebook(PLANT), "medium", Channel("de-velocity", "vibration", "m/s2")) == (None, None)
    judged = Rulebook(PLANT).judged("medium", "", VELOCITY)
    assert judged.sources == dict.fromkeys(
        ("high", "high_high"), "ISO 10816-3:2009 group 2 (15 to 300 kW), rigid"
    )


def test_packs_lie_over_the_plant_file_key_by_key_the_last_on_top() -> None:
    """A pack that says one limit leaves the others; its next version takes its place at the end."""
    unit = '; quantity = "vibration"; unit = "mm/s"; limits = '
    first = pack(f'[[rules]]; channel = "de-velocity"{unit}{{ high_high = 12 }}')
    second = pack(f'[[rules]]; machine = "own"{unit}{{ high = 8 }}', "more")
    book = Rulebook(PLANT, [first, second])
    assert limits(book, "own") == (8.0, 12.0)
    assert limits(book, "large") == (7.1, 12.0)
    assert book.judged("own", "", VELOCITY).sources == {"high": "more 1", "high_high": "site 1"}
    assert [one.name for one in applied([first, second], first)] == ["more", "site"]


def test_a_channel_can_be_suppressed_for_one_machine() -> None:
    """And for nobody else."""
    book = Rulebook(PLANT, [pack('[[rules]]\nmachine = "own"\nchannel = "de-velocity"\nsuppress = true')])
    assert book.judged("own", "", VELOCITY).suppressed == "site 1"
    assert book.judged("medium", "", VELOCITY).suppressed == ""


def test_a_machine_that_a_rule_or_its_plate_sets_apart_is_not_judged_as_its_class() -> None:
    """Otherwise what was worked out for a sister would be taken for it."""
    assert Rulebook(PLANT).judged_as("large", "") == ("large", "pump")
    assert Rulebook(PLANT).judged_as("pump-1", "pump") == ("", "pump")
    named = pack('[[rules]]\nmachine = "pump-1"\nchannel = "de-velocity"\nsuppress = true')
    assert Rulebook(PLANT, [named]).judged_as("pump-1", "pump") == ("pump-1", "pump")


def test_changes_name_machine_channel_and_both_values_in_the_unit_of_the_plant() -> None:
    """What does not change is not there."""
    new = pack(
        '[[rules]]\nclass = "pump"\nchannel = "de-velocity"\nquantity = "vibration"\nunit = "mm/s"\n'
        "limits = { high = 5 }\nallowance = { relative = 0.5 }"
    )
    found = changes(Rulebook(PLANT), Rulebook(PLANT, [new]), declared(PLANT))
    told = [(one.asset, one.machine_class, one.what, one.before, one.unit) for one in found]
    assert told == [
        ("", "pump", "high", None, "mm/s"),
        ("", "pump", "allowance relative", 0.05, ""),
        ("large", "pump", "high", pytest.approx(7.1), "mm/s"),
        ("large", "pump", "allowance relative", 0.05, ""),
    ]
    assert [one.after for one in found] == pytest.approx([5.0, 0.5] * 2)
    assert {one.source for one in found} == {"site 1"}


def test_limits_that_would_not_rise_are_found_with_who_sets_them() -> None:
    """A warning beyond the critical limit would judge nothing."""
    new = pack('[[rules]]\nquantity = "vibration"\nunit = "mm/s"\nlimits = { high_high = 8 }')
    (wrong,) = contradictions(Rulebook(PLANT, [new]), declared(PLANT))
    assert wrong == ("limits of own de-velocity would not rise: high by the plant file, high_high by site 1")


def test_a_rule_that_fits_nothing_is_named() -> None:
    """Usually a slip of the pen."""
    one, other = '[[rules]]; machine = "onw"; channel = "x"', '[[rules]]; channel = "x"'
    new = pack(f"{one}; suppress = true; {other}; suppress = true")
    known = [*declared(PLANT), Signal("heard", "", Channel("x", "flow", "m3/s"))]
    assert idle(new, Rulebook(PLANT, [new]), known) == [1]
