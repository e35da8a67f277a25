"""The alarms of two records compared: added, removed, moved; red where a failure is lost or told too late."""

from collections.abc import Sequence

from msgspec import Struct

from pdm.evaluate.alarm_record import Alarm, Incident, Record, RecordError

SAME_S = 300.0
"""Raises this near one another are the same alarm, moved."""
LEAD_KEPT = 0.9
"""Share of a failure's lead time that must be left."""


class Moved(Struct, frozen=True):
    """One alarm in both records; by_s : how much later it is raised, negative if sooner."""

    base: Alarm
    head: Alarm
    by_s: float


class Change(Struct, frozen=True):
    """What became of the alarms of one incident.

    lead_base_s, lead_head_s : from the first alarm inside the failure's label to its end; None if missed
    lost      : the failure had an alarm, and has none
    lead_drop : share of the lead time that is gone; None where nothing can be said
    altered   : raised at the same time with another severity, cause, channel or end
    """

    name: str
    fault: str
    added: tuple[Alarm, ...]
    removed: tuple[Alarm, ...]
    moved: tuple[Moved, ...]
    altered: tuple[Moved, ...]
    lead_base_s: float | None
    lead_head_s: float | None
    lost: bool
    lead_drop: float | None

    def red(self) -> bool:
        """Tell whether the change takes something from people."""
        return self.lost or (self.lead_drop is not None and self.lead_drop > 1.0 - LEAD_KEPT + 1e-9)

    def quiet(self) -> bool:
        """Tell whether nothing changed at all."""
        return not (self.added or self.removed or self.moved or self.altered)


class Diff(Struct, frozen=True):
    """All incidents, and what they come to.

    false_base, false_head : alarms outside of every label
    """

    red: bool
    failures: int
    found_base: int
    found_head: int
    false_base: int
    false_head: int
    added: int
    removed: int
    moved: int
    altered: int
    lost: tuple[str, ...]
    later: tuple[str, ...]
    incidents: tuple[Change, ...]


def compare(base: Record, head: Record) -> Diff:
    """Compare two records of the same incidents; raises RecordError where they are of others."""
    ours, theirs = _labels(base), _labels(head)
    if ours != theirs:
        odd = sorted({name for name, *_ in ours ^ theirs})
        raise RecordError(
            f"the records are not of the same incidents: {base.source!r} and {head.source!r} differ in "
            + ", ".join(odd[:5])
        )
    after = {one.name: one for one in head.incidents}
    changes = tuple(change(one, after[one.name]) for one in base.incidents)
    failures = [one for one in base.incidents if one.failure()]
    return Diff(
        red=any(one.red() for one in changes),
        failures=len(failures),
        found_base=sum(one.lead_s() is not None for one in failures),
        found_head=sum(after[one.name].lead_s() is not None for one in failures),
        false_base=sum(_false(one) for one in base.incidents),
        false_head=sum(_false(one) for one in head.incidents),
        added=sum(len(one.added) for one in changes),
        removed=sum(len(one.removed) for one in changes),
        moved=sum(len(one.moved) for one in changes),
        altered=sum(len(one.altered) for one in changes),
        lost=tuple(one.name for one in changes if one.lost),
        later=tuple(one.name for one in changes if one.red() and not one.lost),
        incidents=changes,
    )


def change(base: Incident, head: Incident) -> Change:
    """Compare one incident; alarms are paired with the nearest of the other record, nearest pairs first."""
    pairs = _paired(base.alarms, head.alarms)
    both = [Moved(base.alarms[i], head.alarms[j], _later(base.alarms[i], head.alarms[j])) for i, j in pairs]
    before, after = base.lead_s(), head.lead_s()
    drop = None if not before or after is None else max(0.0, 1.0 - after / before)
    ours, theirs = {i for i, _ in pairs}, {j for _, j in pairs}
    return Change(
        name=base.name,
        fault=base.fault,
        added=tuple(a for j, a in enumerate(head.alarms) if j not in theirs),
        removed=tuple(a for i, a in enumerate(base.alarms) if i not in ours),
        moved=tuple(one for one in both if one.by_s),
        altered=tuple(one for one in both if not one.by_s and one.base != one.head),
        lead_base_s=before,
        lead_head_s=after,
        lost=before is not None and after is None,
        lead_drop=drop,
    )


def _paired(base: Sequence[Alarm], head: Sequence[Alarm]) -> list[tuple[int, int]]:
    near = sorted(
        (abs(_later(a, b)), i, j)
        for i, a in enumerate(base)
        for j, b in enumerate(head)
        if abs(_later(a, b)) <= SAME_S
    )
    ours, theirs, pairs = set[int](), set[int](), []
    for _, i, j in near:
        if i not in ours and j not in theirs:
            ours.add(i)
            theirs.add(j)
            pairs.append((i, j))
    return sorted(pairs)


def _later(base: Alarm, head: Alarm) -> float:
    return head.raised_s - base.raised_s


def _false(one: Incident) -> int:
    if one.from_s is None or one.to_s is None:
        return len(one.alarms)
    return sum(not one.from_s <= alarm.raised_s <= one.to_s for alarm in one.alarms)


def _labels(record: Record) -> set[tuple[str, float | None, float | None]]:
    return {(one.name, one.from_s, one.to_s) for one in record.incidents}
