"""Rule packs as people write them: in SI inside, and each mistake with its line."""

import pytest

from pdm.errors import RulesError
from pdm.rules.read import parse, shipped

HEAD = """\
[pack]
name = "site"
version = "1"
author = "Ann"
date = 2026-03-01
source = "manual of the pumps, page 12"
"""
RULE = """
[[rules]]
class = "pump"
channel = "oil"
quantity = "temperature"
unit = "°C"
limits = { high = 80, high_high = 90 }
allowance = { absolute = 2 }
"""


def test_a_pack_is_read_into_si() -> None:
    """Limits with their offset, allowances without; provenance as it stands."""
    pack = parse(HEAD + RULE, "p")
    (rule,) = pack.rules
    assert (pack.name, pack.version, pack.author, pack.date) == ("site", "1", "Ann", "2026-03-01")
    assert pack.source == "manual of the pumps, page 12"
    assert (rule.machine_class, rule.channel, rule.unit) == ("pump", "oil", "K")
    assert (rule.limits.high, rule.limits.high_high) == (353.15, 363.15)
    assert rule.allowance is not None
    assert rule.allowance.absolute == 2.0


@pytest.mark.parametrize(
    ("change", "line", "problem"),
    [
        (('version = "1"', ""), 1, "version is missing"),
        (('author = "Ann"', 'author = ""'), 4, "author must say something"),
        (("2026-03-01", '"soon"'), 5, "is no day"),
        (('class = "pump"', 'klass = "pump"'), 9, "unknown key 'klass'"),
        (('unit = "°C"', 'unit = "bar"'), 12, "unit"),
        (('unit = "°C"\n', ""), 12, "needs a unit"),
        (('quantity = "temperature"\n', ""), 11, "needs a quantity"),
        (("high = 80", "high = 95"), 13, "must rise"),
        (("high = 80", 'high = "80"'), 13, "finite number"),
        (("absolute = 2", "absolute = -2"), 14, "must not be negative"),
        (('class = "pump"', 'class = "pump"\nmachine = "pump-7"'), 9, "of no use beside machine"),
        (('class = "pump"', "suppress = true"), 9, "leaves nothing to judge"),
        (('class = "pump"', 'mounting = "soft"'), 9, "none of rigid, flexible"),
        (('class = "pump"', "power_kw = { over = 3 }"), 9, "unknown key 'over'"),
        (("limits =", "limits"), 13, "Expected"),
    ],
)
def test_a_mistake_is_told_with_its_line(change: tuple[str, str], line: int, problem: str) -> None:
    """And the pack as a whole is refused."""
    with pytest.raises(RulesError) as refused:
        parse((HEAD + RULE).replace(*change), "p")
    assert (refused.value.line, problem in refused.value.problem) == (line, True), refused.value


def test_the_shipped_pack_is_the_standard_s_table() -> None:
    """Boundaries B/C and C/D in um/s, by power and mounting."""
    (pack,) = shipped()
    bounds = [(rule.limits.high, rule.limits.high_high) for rule in pack.rules]
    microns = [tuple(round(1e6 * (limit or 0)) for limit in pair) for pair in bounds]
    zones = [(rule.label[:24], rule.mounting, *pair) for rule, pair in zip(pack.rules, microns, strict=True)]
    assert zones == [
        ("ISO 10816-3:2009 group 1", "rigid", 4_500, 7_100),
        ("ISO 10816-3:2009 group 1", "flexible", 7_100, 11_000),
        ("ISO 10816-3:2009 group 2", "rigid", 2_800, 4_500),
        ("ISO 10816-3:2009 group 2", "flexible", 4_500, 7_100),
    ]  # fmt: skip
    assert pack.source.startswith("ISO 10816-3:2009")
