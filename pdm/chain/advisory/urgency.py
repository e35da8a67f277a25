"""The policy table: how soon to act, by severity and by how long it has lasted."""

from pdm.instant import NS, nanoseconds
from pdm.records.advice import Urgency
from pdm.records.event import Event, Kind, Severity

HOUR = 3600

POLICY: dict[Severity, tuple[tuple[int, Urgency], ...]] = {
    Severity.NOTICE: ((0, Urgency.WATCH), (24 * HOUR, Urgency.PLAN)),
    Severity.WARNING: ((0, Urgency.PLAN), (8 * HOUR, Urgency.SOON)),
    Severity.ALARM: ((0, Urgency.SOON), (24 * HOUR, Urgency.NOW)),
    Severity.CRITICAL: ((0, Urgency.NOW),),
}
"""Per severity: from so many seconds of duration on, this urgency. Rises along rows and columns."""

PHRASES = {
    Urgency.WATCH: "Keep an eye on it.",
    Urgency.PLAN: "Plan a check at the next opportunity.",
    Urgency.SOON: "Check it soon, before the end of the shift.",
    Urgency.NOW: "Act now.",
}
"""How advice says it, word for word, so that no wording can soften it."""


def urgency(event: Event) -> Urgency:
    """Return how soon to act; a cleared alarm is only watched."""
    if event.kind is Kind.CLEAR:
        return Urgency.WATCH
    lasted = elapsed_seconds(event)
    return [level for least, level in POLICY[event.severity] if lasted >= least][-1]


def elapsed_seconds(event: Event) -> float:
    """Return how long the alarm has lasted, in data time."""
    return max(0, nanoseconds(event.time) - nanoseconds(event.raised)) / NS
