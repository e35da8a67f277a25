"""The draft: what it says, that it is always the same, and that it never plays a fault down."""

from datetime import timedelta, timezone

import msgspec
import pytest
from fakes.records import at, make_event, make_evidence
from hypothesis import given
from hypothesis import strategies as st

from pdm.chain.advisory.checks import check
from pdm.chain.advisory.draft import draft
from pdm.chain.advisory.facts import facts
from pdm.chain.advisory.urgency import PHRASES
from pdm.knowledge.shipped import shipped
from pdm.records.advice import Urgency
from pdm.records.event import Event, Evidence, Kind, Severity
from pdm.records.reading import Quantity

SEVERITIES = list(Severity)
URGENCIES = list(Urgency)


def test_the_draft_of_a_vibration_alarm() -> None:
    """Facts in people's units, the best match, the question, how soon, and the permitted actions."""
    advice = draft(make_event(time=at(900)), shipped())
    assert advice.text == (
        "pump-7 (pump): alarm since 2026-03-01 12:00:00 UTC, lasting 15 min, score 2.4. "
        "de-velocity (vibration) is at 7.1 mm/s, above its usual 2.3 mm/s. "
        "Best match: Rotor imbalance, then: Shaft misalignment. "
        "Ask or check: Is the vibration mostly at running speed and radial, and does it grow with speed? "
        "Check it soon, before the end of the shift. "
        "Clean deposits off the rotor or impeller and look for missing material. "
        "Balance the rotor in place. Check the foundation bolts and the mounting for looseness."
    )
    assert (advice.revision, advice.source, advice.urgency) == (1, "draft", Urgency.SOON)
    assert [action.id for action in advice.actions] == ["clean_rotor", "balance_rotor", "check_mounting"]
    assert advice.facts == (
        "de-velocity (vibration) is at 7.1 mm/s, above its usual 2.3 mm/s",
        "alarm since 2026-03-01 12:00:00 UTC, lasting 15 min, score 2.4",
    )


def test_times_are_told_in_the_zone_of_the_plant() -> None:
    """A plant's own time stands in the text, with its name."""
    zone = timezone(timedelta(hours=2), "EET")
    assert "since 2026-03-01 14:00:00 EET" in draft(make_event(), shipped(), zone).text


def test_ids_belong_to_a_revision_of_an_event_and_not_to_the_run() -> None:
    """Each revision has its own advice; a replay run's has the same id, under its own run."""
    first, second = draft(make_event(), shipped()), draft(make_event(revision=2), shipped())
    replayed = draft(make_event(run="r1"), shipped())
    assert first.id != second.id
    assert (replayed.id, replayed.run) == (first.id, "r1")


def test_a_cleared_alarm_is_only_watched() -> None:
    """The advice on a clear says when it cleared, and no longer presses."""
    advice = draft(
        make_event(revision=2, kind=Kind.CLEAR, severity=Severity.CRITICAL, time=at(60)), shipped()
    )
    assert advice.urgency is Urgency.WATCH
    assert "the alarm of 2026-03-01 12:00:00 UTC cleared at 2026-03-01 12:01:00 UTC" in advice.text


def test_an_event_that_nothing_explains_says_so() -> None:
    """Without a matching failure mode the advice is to look, not to guess."""
    odd = make_evidence(channel="n", quantity="speed", unit="Hz", value=26.0, baseline=24.0)
    advice = draft(make_event(evidence=(odd,)), shipped())
    assert "matches none of the known failure modes" in advice.text
    assert "n (speed) is at 1560 rpm, above its usual 1440 rpm" in advice.text
    assert [action.id for action in advice.actions] == ["inspect_machine", "verify_sensor"]


@pytest.mark.parametrize(
    ("value", "baseline", "said"),
    [
        (0.0071, 0.0023, "7.1 mm/s, above its usual 2.3 mm/s"),
        (0.0023001, 0.0023, "2.3001 mm/s, above its usual 2.3 mm/s"),
        (0.0023, 0.0023, "2.3 mm/s, at its usual 2.3 mm/s"),
        (1.2345678, 0.0, "1235 mm/s, above its usual 0 mm/s"),
        (0.0071, None, "7.1 mm/s."),
    ],
)
def test_numbers_have_enough_digits_and_not_more(value: float, baseline: float | None, said: str) -> None:
    """Three digits, or as many as it takes to tell a value from its baseline."""
    event = make_event(evidence=(make_evidence(value=value, baseline=baseline),))
    assert said in draft(event, shipped()).text


def test_numbers_stand_in_the_unit_of_the_plant() -> None:
    """Value, usual value and limit are in the unit that the event says people read."""
    pressed = make_evidence(
        channel="outlet", quantity="pressure", unit="Pa", shown_unit="kPa",
        value=612_000.0, baseline=400_000.0, limit=600_000.0,
    )  # fmt: skip
    advice = draft(make_event(evidence=(pressed,)), shipped())
    said = "outlet (pressure) is at 612 kPa, above its usual 400 kPa, above the limit of 600 kPa"
    assert said in advice.text
    assert advice.facts[0] == said


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Return any event that detectors could raise."""
    finite = st.floats(-1e6, 1e6)
    units = {"vibration": "m/s", "temperature": "K", "pressure": "Pa", "flow": "m3/s", "speed": "Hz"}
    evidence = draw(
        st.lists(
            st.builds(
                lambda quantity, *rest: Evidence(f"ch-{quantity}", quantity, units.get(quantity, "1"), *rest),
                st.sampled_from([q.value for q in Quantity]),
                st.sampled_from(["limit", "drift", "residual"]),
                st.floats(0, 100),
                finite,
                st.none() | finite,
                st.none() | finite,
                st.sampled_from(["", "m³/h", "kPa", "1/min", "g", "in/s", "degF", "A", "furlong"]),
            ),
            max_size=5,
            unique_by=lambda one: one.channel,
        )
    )
    return make_event(
        kind=draw(st.sampled_from(Kind)),
        severity=draw(st.sampled_from(SEVERITIES)),
        time=at(draw(st.integers(0, 400_000))),
        score=draw(st.floats(0, 100)),
        machine_class=draw(st.sampled_from(["pump", "motor", "fan", "", "press"])),
        evidence=tuple(evidence),
    )


@given(events())
def test_every_draft_passes_the_checks_and_is_always_the_same(event: Event) -> None:
    """Whatever the evidence, the draft is complete, breaks no rule and is equal to the byte."""
    advice = draft(event, shipped())
    assert check(advice.text, facts(event), advice) == ()
    assert msgspec.msgpack.encode(draft(event, shipped())) == msgspec.msgpack.encode(advice)
    assert PHRASES[advice.urgency] in advice.text
    assert advice.actions


@given(events(), st.sampled_from(SEVERITIES), st.integers(0, 400_000), st.floats(1, 10))
def test_worse_evidence_is_never_milder(event: Event, severity: Severity, longer: int, times: float) -> None:
    """A severer, longer or stronger alarm never gets a milder urgency."""
    if event.kind is Kind.CLEAR:
        return
    lasted = at(longer + 400_000 if longer % 2 else 400_000)
    worst = max(severity, event.severity, key=SEVERITIES.index)
    stronger = tuple(msgspec.structs.replace(one, score=one.score * times) for one in event.evidence)
    worse = msgspec.structs.replace(
        event, severity=worst, time=lasted, score=event.score * times, evidence=stronger
    )
    before, after = draft(event, shipped()).urgency, draft(worse, shipped()).urgency
    assert URGENCIES.index(after) >= URGENCIES.index(before)
