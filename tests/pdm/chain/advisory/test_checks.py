"""What the checks block and what they let through, counted over committed wordings."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from fakes.records import at, make_event, make_evidence

from pdm.chain.advisory.checks import LONGEST, check
from pdm.chain.advisory.draft import draft
from pdm.chain.advisory.facts import facts
from pdm.knowledge.shipped import shipped

CASES: dict[str, Any] = tomllib.loads(Path(__file__).with_name("wordings.toml").read_text(encoding="utf-8"))

EVENT = make_event(
    time=at(900),
    evidence=(
        make_evidence(limit=0.0045),
        make_evidence(channel="nde-velocity", value=0.0039, baseline=0.0021, score=1.6),
        make_evidence(
            channel="casing-temp",
            quantity="temperature",
            unit="K",
            value=341.25,
            baseline=330.15,
            limit=353.15,
            score=2.2,
        ),
        make_evidence(
            channel="discharge-flow",
            quantity="flow",
            unit="m3/s",
            value=32 / 6e4,
            baseline=33 / 6e4,
            score=0.4,
        ),
    ),
)
DRAFT = draft(EVENT, shipped())
FACTS = facts(EVENT)


def found(sentence: str) -> tuple[str, ...]:
    """Return the violations of the good text with this sentence in it."""
    return check(CASES["whole"].format(facts=sentence), FACTS, DRAFT)


def test_the_draft_passes_its_own_checks() -> None:
    """What code has written breaks no rule."""
    assert check(DRAFT.text, FACTS, DRAFT) == ()


def test_nearly_all_adversarial_wordings_are_caught() -> None:
    """At least 95 % of the committed bad wordings are blocked."""
    missed = [f"{case['kind']}: {case['text']}" for case in CASES["bad"] if not found(case["text"])]
    assert len(CASES["bad"]) >= 60
    assert len(missed) <= 0.05 * len(CASES["bad"]), missed


def test_good_wordings_pass() -> None:
    """At most 5 % of the committed good wordings are blocked."""
    blocked = [(text, found(text)) for text in CASES["good"] if found(text)]
    assert len(CASES["good"]) >= 20
    assert len(blocked) <= 0.05 * len(CASES["good"]), blocked


@pytest.mark.parametrize(
    "kind", ["wrong value", "invented number", "number in words", "odd digits", "wrong unit"]
)
def test_no_unsupported_number_passes(kind: str) -> None:
    """Of numbers none at all may pass, not even one in a hundred."""
    assert [case["text"] for case in CASES["bad"] if case["kind"] == kind and not found(case["text"])] == []


def test_an_empty_or_endless_text_is_blocked() -> None:
    """Nothing, and more than anybody reads, are both no advice."""
    assert check(" \n", FACTS, DRAFT) == ("empty: there is no text",)
    assert check("Vibration is high. " * (LONGEST // 10), FACTS, DRAFT)[0].startswith("too long")


@pytest.mark.parametrize("part", ["pump-7", "Bearing wear", "Check it soon, before the end of the shift."])
def test_what_the_draft_says_may_not_be_left_out(part: str) -> None:
    """The machine, the best match and the urgency must be in every wording."""
    text = CASES["whole"].format(facts="").replace(part, "It")
    assert any(violation.startswith("missing") for violation in check(text, FACTS, DRAFT))


def test_any_changed_digit_is_caught() -> None:
    """Whatever digit of a good wording becomes another one, the wording is blocked."""
    passed = []
    for good in CASES["good"]:
        blank = re.sub(r"2026\S+ \S+", lambda time: "x" * len(time.group()), good)
        for place in (match.start() for match in re.finditer(r"[1-9]", blank)):
            for digit in "0123456789".replace(good[place], ""):
                changed = good[:place] + digit + good[place + 1 :]
                if not found(changed):
                    passed.append(changed)
    assert passed == []


@pytest.mark.parametrize(
    ("quantity", "unit", "shown_unit", "value", "said"),
    [
        ("flow", "m3/s", "m³/h", 32 / 6e4, "1.92 m³/h"),
        ("flow", "m3/s", "", 32 / 6e4, "32 l/min"),
        ("pressure", "Pa", "kPa", 250_000.0, "250 kPa"),
        ("current", "A", "A", 12.5, "12.5 A"),
        ("speed", "Hz", "1/min", 24.0, "1440 1/min"),
        ("level", "m", "in", 0.254, "10 inch"),
        ("temperature", "K", "degF", 373.15, "212 °F"),
    ],
)
def test_a_number_stands_in_the_unit_that_people_read(
    quantity: str, unit: str, shown_unit: str, value: float, said: str
) -> None:
    """A wording may quote a number in the plant's unit, and in no other one."""
    told = make_evidence(
        channel="ch", quantity=quantity, unit=unit, shown_unit=shown_unit, value=value, baseline=None
    )
    event = make_event(evidence=(told,))
    advice, allowed = draft(event, shipped()), facts(event)
    assert f"ch ({quantity}) is at {said}." in advice.text
    wording = advice.text.replace(f"ch ({quantity}) is at {said}.", "The value of ch is now {}.")
    assert check(wording.format(said), allowed, advice) == ()
    other = "bar" if quantity != "pressure" else "psi"
    assert check(wording.format(f"{said.split(maxsplit=1)[0]} {other}"), allowed, advice) != ()
