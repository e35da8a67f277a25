"""Delays and deadbands in rule packs: what people write, what is refused, and what would change."""

from itertools import pairwise

import pytest

from pdm.errors import RulesError
from pdm.plant.load import parse as parse_plant
from pdm.plant.spec import Limits
from pdm.records.block import Channel
from pdm.rules.changes import changes, contradictions, declared
from pdm.rules.delays import Deadband, Delays, calm_level, spans
from pdm.rules.pack import Pack
from pdm.rules.read import parse
from pdm.rules.rulebook import Rulebook

PLANT = parse_plant(
    """
[classes.pump.channels.oil]
quantity = "temperature"
unit = "°C"
limits = { high = 80, high_high = 90 }
[classes.pump.channels.water]
quantity = "temperature"
unit = "°C"
""",
    "p",
)
OIL = Channel("oil", "temperature", "K")


def pack(rule: str, name: str = "site") -> Pack:
    """Write a pack of one rule for the oil of pumps, whose keys are separated by semicolons."""
    head = f'[pack]\nname = "{name}"\nversion = "1"\nauthor = "Ann"\ndate = 2026-03-01\nsource = "s"\n'
    return parse(f'{head}[[rules]]\nclass = "pump"\nchannel = "oil"\n' + rule.replace("; ", "\n"), "p")


IN_DEGREES = 'quantity = "temperature"; unit = "°C"; deadband = '


def test_delays_need_no_unit_and_a_deadband_in_degrees_is_a_difference() -> None:
    """3 °C of deadband are 3 K, whatever the zero of the scale."""
    (rule,) = pack('on_delay = "10 s"; off_delay = "2 min"; deadband = { relative = 0.2 }').rules
    assert rule.delays == Delays(10 * 10**9, 120 * 10**9, Deadband(relative=0.2))
    (rule,) = pack(f"{IN_DEGREES}{{ absolute = 3 }}").rules
    assert rule.delays.deadband == Deadband(absolute=3.0)


@pytest.mark.parametrize(
    ("rule", "line", "problem"),
    [
        ("on_delay = 10", 10, "text"),
        ('on_delay = "10 days"', 10, "must be a time such as"),
        ('off_delay = "25 h"', 10, "at most 24 h"),
        ("deadband = {}", 10, "says relative or absolute"),
        ("deadband = { relative = 0.1, absolute = 1 }", 10, "absolute"),
        ("deadband = { relative = 1.0 }", 10, "share of the line"),
        ("deadband = { absolute = 3 }", 10, "needs a unit"),
        (f"{IN_DEGREES}{{ absolute = 0 }}", 12, "must be positive"),
        ("deadband = { share = 0.1 }", 10, "unknown key 'share'"),
        ('suppress = true; on_delay = "5 s"', 10, "leaves nothing to judge"),
    ],
)
def test_a_mistake_is_told_with_its_line(rule: str, line: int, problem: str) -> None:
    """And nothing of the pack counts."""
    with pytest.raises(RulesError) as told:
        pack(rule)
    assert told.value.line == line, told.value
    assert problem in told.value.problem


def test_each_delay_comes_from_the_last_pack_that_says_it() -> None:
    """With who says so; the others stay, and a channel that nobody judges is not judged because of them."""
    one, two = pack('on_delay = "10 s"; off_delay = "60 s"'), pack('on_delay = "3 s"', "night")
    judged = Rulebook(PLANT, [one, two]).judged("", "pump", OIL)
    assert judged.delays == Delays(3 * 10**9, 60 * 10**9)
    assert judged.sources == {"on_delay": "night 1", "off_delay": "site 1"}
    quiet = Rulebook(PLANT, [pack("suppress = true", "off"), one]).judged("", "pump", OIL)
    assert quiet.suppressed == "off 1"


def test_a_deadband_counts_from_the_limit_that_is_nearer_to_its_calm() -> None:
    """Of two pairs of limits the narrower one decides, so that both have the deadband that was asked for."""
    held = Limits(low=10.0, high=80.0, high_high=90.0)
    assert spans(held) == pytest.approx((10.0, 1.0))
    assert calm_level(Deadband(absolute=0.5), held) == pytest.approx(0.5)
    assert calm_level(Deadband(relative=0.3), held) == pytest.approx(0.7)
    assert calm_level(Deadband(absolute=0.5), Limits()) == 0.0


def test_a_deadband_that_no_limit_can_keep_is_refused() -> None:
    """Where there is no limit, and where it is wider than the way to a score of 0."""
    wide, fits = (pack(f"{IN_DEGREES}{{ absolute = {degrees} }}") for degrees in (11, 9))
    (wrong,) = contradictions(Rulebook(PLANT, [wide]), declared(PLANT))
    assert wrong == "deadband of class pump oil, by site 1, is wider than 9.9 in SI, where the score is 0"
    assert contradictions(Rulebook(PLANT, [fits]), declared(PLANT)) == []
    water = parse(fits.toml.replace('"oil"', '"water"'), "p")
    (wrong,) = contradictions(Rulebook(PLANT, [water]), declared(PLANT))
    assert "there is none: say it as relative" in wrong


def test_changes_are_in_seconds_and_in_the_unit_of_the_plant() -> None:
    """From one kind of deadband to the other both are told."""
    one = pack(f'on_delay = "10 s"; {IN_DEGREES}{{ absolute = 3 }}')
    two = pack('on_delay = "10 s"; off_delay = "1 min"; deadband = { relative = 0.2 }')
    books = [Rulebook(PLANT, packs) for packs in ([], [one], [two])]
    told = [
        [(c.what, c.unit, c.before, c.after, c.source) for c in changes(was, now, declared(PLANT))]
        for was, now in pairwise(books)
    ]
    assert told == [
        [("on_delay", "s", None, 10.0, "site 1"), ("deadband absolute", "°C", None, 3.0, "site 1")],
        [
            ("off_delay", "s", None, 60.0, "site 1"),
            ("deadband relative", "", None, 0.2, "site 1"),
            ("deadband absolute", "°C", 3.0, None, "site 1"),
        ],
    ]
