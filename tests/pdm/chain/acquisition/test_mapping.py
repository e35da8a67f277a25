"""Rules: which machine, channel, quantity and unit a foreign point is about."""

import pytest

from pdm.chain.acquisition.mapping import Fate, Point, Target, fate
from pdm.plant.load import parse

PLANT = parse(
    """
[classes.pump.channels.drive-current]
quantity = "current"
unit = "A"

[[machines]]
asset = "pump-7"
class = "pump"

[[machines]]
asset = "edge"
[machines.channels.cpu-usage_idle]
quantity = "process"
unit = "%"

[[mappings]]
name = "spindles"
measurement = "drive*"
tags = { line = "north-*" }
fields = ["current", "i_*"]
asset = "{machine}"
channel = "drive-{field}"

[[mappings]]
measurement = "secret"
ignore = true

[[mappings]]
measurement = "odd"
asset = "{tag:field}"
channel = ["{channel}-{field}", "{field}"]
quantity = "{kind}"
unit = ["{unit}", "mm"]
""",
    "plant.toml",
)


def meant(measurement: str, field: str, machine_class: str = "", /, **tags: str) -> Fate:
    """Find what becomes of a field."""
    return fate(Point(measurement, tags, field), PLANT, machine_class)


def target(asset: str, channel: str, quantity: str, unit: str) -> Target:
    """Make a target without booleans."""
    return Target(asset, channel, quantity, unit, booleans=False)


def test_the_first_rule_that_fits_decides() -> None:
    """Measurement, tags and field must match, and the tags of its templates must be there."""
    found = meant("drive-1", "current", machine="pump-7", line="north-2")
    assert found == Fate(target("pump-7", "drive-current", "current", "A"), None, "rule 1 (spindles)")
    for other in (
        meant("drive-1", "current", machine="pump-7", line="south-2"),
        meant("drive-1", "voltage", machine="pump-7", line="north-2"),
        meant("Drive-1", "current", machine="pump-7", line="north-2"),
    ):
        assert other.rule == "shipped rule 6 (tagged)"
    assert meant("drive-1", "current", host="h", line="north-2").rule == "shipped rule 8 (Telegraf, host)"


def test_quantity_and_unit_come_from_the_declared_channel_where_the_rule_gives_none() -> None:
    """Also from that of a class which the request names."""
    assert meant("drive", "current", "pump", machine="new", line="north-1").target == target(
        "new", "drive-current", "current", "A"
    )
    refusal = meant("drive", "i_2", machine="pump-7", line="north-1").refusal
    assert refusal is not None
    assert refusal[0] == "no_mapping"
    assert "no unit for pump-7 drive-i_2: rule 1 (spindles)" in refusal[1]


def test_of_several_templates_the_first_counts_whose_tags_are_there() -> None:
    """A tag that is called like a keyword has a prefix."""
    assert meant("odd", "x", field="f-1", channel="c", kind="level", unit="cm").target == target(
        "f-1", "c-x", "level", "cm"
    )
    assert meant("odd", "x", field="f-1", kind="position").target == target("f-1", "x", "position", "mm")


@pytest.mark.parametrize(
    ("tags", "reason", "said"),
    [
        ({}, "no_mapping", "'mm' may be vibration, level, position"),
        ({"kind": "humour"}, "no_mapping", "'humour' is no quantity"),
        ({"unit": "furlong"}, "unknown_unit", "furlong"),
    ],
)
def test_what_a_unit_does_not_say_is_not_guessed(tags: dict[str, str], reason: str, said: str) -> None:
    """A unit of several quantities, a word that is none, a unit nobody knows."""
    refusal = fate(Point("odd", {"field": "f", **tags}, "x"), PLANT, "").refusal
    assert refusal is not None
    assert (refusal[0], said in refusal[1]) == (reason, True)


def test_what_is_ignored_is_neither_read_nor_refused() -> None:
    """By the rule that says so."""
    assert meant("secret", "x", machine="m") == Fate(rule="rule 2")


def test_what_no_rule_fits_is_refused() -> None:
    """With what a rule would have to match."""
    refusal = meant("weather", "t", place="roof").refusal
    assert refusal == ("no_mapping", "no rule fits measurement 'weather', field 't', tags place")


@pytest.mark.parametrize(
    ("measurement", "field", "tags", "expected"),
    [
        (
            "°C",
            "value",
            {"domain": "sensor", "entity_id": "boiler"},
            target("boiler", "boiler", "temperature", "°C"),
        ),
        (
            "bar",
            "value",
            {"domain": "sensor", "entity_id": "p", "machine": "m"},
            target("m", "p", "pressure", "bar"),
        ),
        ("°C", "friendly_name_str", {"domain": "sensor", "entity_id": "boiler"}, None),
        (
            "vibration",
            "value",
            {"device": "m", "unit": "mm/s"},
            target("m", "vibration", "vibration", "mm/s"),
        ),
        ("pump", "de", {"asset": "m", "unit": "g"}, target("m", "pump-de", "vibration", "g")),
        ("modbus", "p", {"host": "h", "name": "press 1", "unit": "bar"}, None),
        ("opcua", "T", {"host": "h", "id": "ns=3", "unit": "K"}, target("h", "opcua-T", "temperature", "K")),
        ("opcua", "Quality", {"host": "h", "id": "ns=3"}, None),
        ("cpu", "usage_idle", {"host": "edge"}, target("edge", "cpu-usage_idle", "process", "%")),
    ],
)
def test_the_shipped_rules_know_the_usual_senders(
    measurement: str, field: str, tags: dict[str, str], expected: Target | None
) -> None:
    """Home Assistant, Node-RED, Telegraf; attributes and status texts are left out."""
    found = fate(Point(measurement, tags, field), PLANT, "")
    if measurement == "modbus":
        assert found.target is not None
        assert (found.target.asset[:8], found.target.channel) == ("press-1-", "p")
    else:
        assert (found.target, found.refusal) == (expected, None)
