"""Alarms against the truth: which fault was found when, and which alarm had no fault."""

from collections.abc import Iterable, Sequence
from statistics import median

from msgspec import Struct

from pdm.instant import NS, nanoseconds
from pdm.records.event import MACHINE, Event
from pdm.simulator.truth import Nature, Truth

GRACE_S = 60
"""An alarm that starts this shortly after a fault's end is still about it: what is damped comes late."""


class Alarm(Struct, frozen=True):
    """One alarm from its raise to its clear; times are seconds since the start of the scenario.

    cleared : None while it lasts
    last    : its newest revision
    """

    raised: int
    cleared: int | None
    last: Event


class Match(Struct, frozen=True):
    """A machine fault and the first alarm that started while it lasted, or None where it was missed."""

    truth: Truth
    alarm: Alarm | None

    @property
    def delay_s(self) -> int | None:
        """Seconds from when the fault could be seen to the alarm; an alarm before that has none."""
        if self.alarm is None:
            return None
        since = self.truth.onset if self.truth.visible is None else self.truth.visible
        return max(0, self.alarm.raised - since)


class Outcome(Struct, frozen=True):
    """How the service did.

    matches : one per machine fault, in the order of the truths
    false   : alarms on machines without a machine fault at that time, those on sensor faults among them
    alarms  : all, by time of the raise
    """

    matches: tuple[Match, ...]
    false: tuple[Alarm, ...]
    alarms: tuple[Alarm, ...]

    @property
    def detected(self) -> int:
        """Machine faults that were found."""
        return sum(match.alarm is not None for match in self.matches)

    @property
    def median_delay_s(self) -> float | None:
        """Median over the found faults; None where none was found."""
        delays = [match.delay_s for match in self.matches if match.delay_s is not None]
        return float(median(delays)) if delays else None


def judge(truths: Sequence[Truth], events: Iterable[Event], start_ns: int) -> Outcome:
    """Compare all revisions of all alarms with the truth of a scenario that started at `start_ns`."""
    found = alarms(events, start_ns)
    faults = [truth for truth in truths if truth.nature is Nature.MACHINE]
    matches = tuple(
        Match(truth, next((alarm for alarm in found if explains(truth, alarm)), None)) for truth in faults
    )
    false = tuple(alarm for alarm in found if not any(explains(truth, alarm) for truth in faults))
    return Outcome(matches, false, found)


def alarms(events: Iterable[Event], start_ns: int) -> tuple[Alarm, ...]:
    """Put revisions together to alarms of machines, by time of the raise."""
    last: dict[str, Event] = {}
    for event in events:
        if event.subject == MACHINE and event.revision > (last[event.id].revision if event.id in last else 0):
            last[event.id] = event
    made = (_alarm(event, start_ns) for event in last.values())
    return tuple(sorted(made, key=lambda alarm: (alarm.raised, alarm.last.asset, alarm.last.id)))


def explains(truth: Truth, alarm: Alarm) -> bool:
    """Tell whether an alarm started while this fault lasted, on its machine."""
    return truth.asset == alarm.last.asset and truth.onset <= alarm.raised <= truth.end + GRACE_S


def _alarm(event: Event, start_ns: int) -> Alarm:
    def second(text: str) -> int:
        return (nanoseconds(text) - start_ns) // NS

    return Alarm(second(event.raised), second(event.time) if event.kind == "clear" else None, event)
