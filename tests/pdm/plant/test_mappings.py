"""Rules in the plant file: what they may say, and the line that is wrong."""

import pytest

from pdm.errors import PlantError
from pdm.plant.load import load, parse

GOOD = """
[[mappings]]
measurement = "drive*"
tags = { line = "north-*" }
fields = "current"
asset = ["{machine}", "{host}"]
channel = "{measurement}-{field}"
quantity = "current"
unit = "mA"
booleans = true
"""


def test_a_rule_is_read_and_stands_before_the_shipped_ones() -> None:
    """What it does not say has its default."""
    rule, *shipped = parse(GOOD, "plant.toml").mappings
    assert rule.label == "rule 1"
    assert (rule.measurement, rule.fields, rule.tags) == ("drive*", ("current",), {"line": "north-*"})
    assert (rule.asset, rule.channel) == (("{machine}", "{host}"), ("{measurement}-{field}",))
    assert (rule.quantity, rule.unit, rule.booleans, rule.ignore) == (("current",), ("mA",), True, False)
    assert tuple(shipped) == load().mappings
    assert all(one.label.startswith("shipped rule") for one in shipped)


@pytest.mark.parametrize(
    ("written", "line", "said"),
    [
        ('asset = "{host"', 2, "is no template"),
        ('asset = ""', 2, "must not be empty"),
        ("asset = []", 2, "must not be empty"),
        ("asset = 7", 2, "must be a text"),
        ('measurement = "x"', 1, "asset is missing"),
        ('asset = "a"\nquantity = "humour"', 3, "'humour' is none of"),
        ('asset = "a"\nunit = "furlong"', 3, "'furlong' is not known"),
        ('asset = "a"\nquantity = "current"\nunit = "bar"', 4, "does not fit current"),
        ('asset = "a"\ntags = "host"', 3, "must be a table"),
        ('asset = "a"\ntags = { host = 1 }', 3, "must be a text"),
        ('asset = "a"\nasets = "b"', 3, "unknown key 'asets'"),
        ('ignore = true\nunit = "bar"', 3, "has no meaning"),
        ('ignore = "yes"', 2, "must be true or false"),
    ],
)
def test_a_wrong_rule_says_its_line(written: str, line: int, said: str) -> None:
    """So that a service does not start on it."""
    with pytest.raises(PlantError) as wrong:
        parse(f"[[mappings]]\n{written}\n", "plant.toml")
    assert (wrong.value.line, said in wrong.value.problem) == (line, True)


def test_rules_are_an_array_of_tables() -> None:
    """A single table is a slip that is told."""
    with pytest.raises(PlantError, match="array of tables"):
        parse('[mappings]\nasset = "a"\n', "plant.toml")
