"""The facts of an event: each number with its channel, its role and the unit people read, made by code."""

from datetime import UTC, datetime, tzinfo
from enum import StrEnum

from msgspec import Struct

from pdm.chain.advisory.figures import figures, shown
from pdm.chain.advisory.urgency import elapsed_seconds
from pdm.instant import NS, nanoseconds
from pdm.records.event import Event, Evidence


class Role(StrEnum):
    """What a number is."""

    VALUE = "value"
    BASELINE = "baseline"
    LIMIT = "limit"
    SCORE = "score"
    ELAPSED = "elapsed"
    TIME = "time"


class Fact(Struct, frozen=True):
    """One number that a text may contain.

    channel, quantity : "" where it is about the whole event
    text              : the number exactly as it may be written, in `unit`; an instant for a time
    si                : the number behind it, for comparisons
    """

    channel: str
    quantity: str
    role: Role
    text: str
    unit: str
    si: float


def facts(event: Event, zone: tzinfo = UTC) -> tuple[Fact, ...]:
    """Return every number that a text on this event may contain."""
    found = [fact for one in event.evidence for fact in channel_facts(one)]
    scores = sorted({event.score, event.peak})
    times = dict.fromkeys((event.raised, event.time))
    amount, unit = _duration(elapsed_seconds(event))
    return (
        *found,
        *(Fact("", "", Role.SCORE, figures([score])[0], "", score) for score in scores),
        Fact("", "", Role.ELAPSED, str(amount), unit, elapsed_seconds(event)),
        *(Fact("", "", Role.TIME, clock(time, zone), "", nanoseconds(time) / NS) for time in times),
    )


def channel_facts(evidence: Evidence) -> tuple[Fact, ...]:
    """Return the value of a channel, and its baseline and limit where it has them."""
    given = [(Role.VALUE, evidence.value), (Role.BASELINE, evidence.baseline), (Role.LIMIT, evidence.limit)]
    known = [(role, si) for role, si in given if si is not None]
    people = [shown(si, evidence.quantity, evidence.unit, evidence.shown_unit) for _, si in known]
    texts = figures([value for value, _ in people])
    return tuple(
        Fact(evidence.channel, evidence.quantity, role, text, unit, si)
        for (role, si), (_, unit), text in zip(known, people, texts, strict=True)
    )


def statements(event: Event, zone: tzinfo = UTC) -> tuple[str, ...]:
    """Return the facts as sentences without their full stop: one for each channel, and one for the alarm."""
    amount, unit = _duration(elapsed_seconds(event))
    since = f"{event.severity.value} since {clock(event.raised, zone)}, lasting {amount} {unit}"
    return (*(_sentence(one) for one in event.evidence), f"{since}, score {figures([event.score])[0]}")


def with_unit(fact: Fact) -> str:
    """Return the number and its unit as they stand in a text."""
    return f"{fact.text} {fact.unit}".strip()


def clock(time: str, zone: tzinfo) -> str:
    """Return an instant to the second in a zone, which it names."""
    local = datetime.fromtimestamp(nanoseconds(time) // NS, zone)
    return local.strftime("%Y-%m-%d %H:%M:%S %Z").strip()


def _sentence(evidence: Evidence) -> str:
    value, *references = channel_facts(evidence)
    parts = [f"{evidence.channel} ({evidence.quantity}) is at {with_unit(value)}"]
    for reference in references:
        name = "its usual" if reference.role is Role.BASELINE else "the limit of"
        parts.append(f"{_relation(value, reference)} {name} {with_unit(reference)}")
    return ", ".join(parts)


def _relation(value: Fact, reference: Fact) -> str:
    if value.text == reference.text:
        return "at"
    return "above" if value.si > reference.si else "below"


def _duration(seconds: float) -> tuple[int, str]:
    if seconds < 120:
        return round(seconds), "s"
    if seconds < 2 * 3600:
        return round(seconds / 60), "min"
    return (round(seconds / 3600), "h") if seconds < 48 * 3600 else (round(seconds / 86400), "days")
