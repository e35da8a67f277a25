"""What people have said of the machines of one partition, and which frames of theirs it concerns.

It is a function of the log alone: `heard` are its control records with their offsets, and the windows of
maintenance follow from them in their order. What of it a machine has lived through is in its own tables.
"""

from dataclasses import dataclass, field

from pdm.records.control import Control, Maintenance, MaintenanceEnd, MaintenanceKind, RulesChange
from pdm.records.log import Controlled

FAR = 2**62
"""The end of a window that nobody knows yet."""
DAY_NS = 86_400 * 10**9
"""How long a window is remembered after its end, in data time of its machine."""


@dataclass
class Window:
    """One maintenance of one machine, [begin, end) in ns of data time.

    when    : clock of the gateway when it was announced
    live    : whether it is about the live plant, and not a replay run
    changed : offset in the log of the record that says what it is now
    """

    id: str
    kind: MaintenanceKind
    begin: int
    end: int
    when: int
    live: bool
    changed: int

    @property
    def cancelled(self) -> bool:
        """Tell whether it never was."""
        return self.end <= self.begin

    def holds(self, time: int) -> bool:
        """Tell whether an instant of data time is within it."""
        return self.begin <= time < self.end

    def has_begun(self, last: int) -> bool:
        """Tell whether a machine whose last frame was at `last` is in it, or has been.

        The frames of the live plant follow the clock on the wall: where a machine is silent, as one is
        that was switched off for its repair, that clock says whether the maintenance has begun.
        """
        return not self.cancelled and self.begin <= (max(last, self.when) if self.live else last)

    @property
    def reason(self) -> str:
        """Say what it is in the words of an event."""
        return f"maintenance: {self.kind}"


Key = tuple[str, str]
"""Run and asset."""


@dataclass
class Agenda:
    """The maintenance of all machines of a partition, also of those that have not been heard of yet."""

    heard: list[tuple[int, Controlled]] = field(default_factory=list)
    windows: dict[Key, dict[str, Window]] = field(default_factory=dict)
    """By machine and id; one that was cancelled has no length."""
    packs: dict[str, RulesChange] = field(default_factory=dict)
    """Rule packs in force, by name."""

    @property
    def rules(self) -> list[RulesChange]:
        """Return the rule packs in force, the one that was applied last at the end."""
        return sorted(self.packs.values(), key=_applied)

    def hear(self, offset: int, record: Controlled) -> tuple[Key, Window] | None:
        """Take in a record; returns the maintenance it makes or changes, None where there is none."""
        if self.heard and record.position <= self.heard[-1][1].position:
            return None
        self.heard.append((offset, record))
        said = record.said
        if isinstance(said, RulesChange):
            before = self.packs.get(said.name)
            if before is None or _applied(before) < _applied(said):
                self.packs[said.name] = said
            return None
        windows = self.windows.setdefault((said.run, said.asset), {})
        window = (
            _begun(windows, said, offset) if isinstance(said, Maintenance) else _ended(windows, said, offset)
        )
        return None if window is None else ((said.run, said.asset), window)

    def forget(self, cursor: int, last: dict[Key, int]) -> None:
        """Let go of what concerns no frame to come.

        cursor : offset of the log that everything saved holds; what was said after it is kept
        last   : time of the last frame of each machine
        """
        over = {
            key: {
                name
                for name, window in windows.items()
                if window.changed <= cursor and last.get(key, -FAR) > window.end + DAY_NS
            }
            for key, windows in self.windows.items()
        }
        for key, names in over.items():
            for name in names:
                del self.windows[key][name]
        self.windows = {key: windows for key, windows in self.windows.items() if windows}
        needed, newest = self._rules_at(cursor), self.heard[-1:]
        self.heard = [
            entry
            for entry in self.heard
            if entry in newest or entry[0] > cursor or self._is_needed(entry[1].said, needed)
        ]

    def _rules_at(self, cursor: int) -> set[str]:
        """Name the records of the packs that were in force at an offset of the log."""
        said = [record.said for offset, record in self.heard if offset <= cursor]
        rules = sorted((one for one in said if isinstance(one, RulesChange)), key=_applied)
        return set({one.name: one.id for one in rules}.values())

    def _is_needed(self, said: Control, rules: set[str]) -> bool:
        if isinstance(said, RulesChange):
            return said.id in rules
        name = said.id if isinstance(said, Maintenance) else said.of
        return name in self.windows.get((said.run, said.asset), {})


def _applied(one: RulesChange) -> tuple[int, str]:
    """Order packs by when they were applied, the same in all partitions."""
    return one.when, one.id


def _begun(windows: dict[str, Window], said: Maintenance, offset: int) -> Window | None:
    """Open a window; the first of an id counts."""
    if said.id in windows:
        return None
    end = FAR if said.to is None else said.to
    window = Window(said.id, said.kind, said.begin, end, said.when, not said.run, offset)
    windows[said.id] = window
    return window


def _ended(windows: dict[str, Window], said: MaintenanceEnd, offset: int) -> Window | None:
    """Let a window end earlier, or never have been; it never gets longer."""
    window = windows.get(said.of)
    if window is None:
        return None
    end = window.begin if said.to is None else max(said.to, window.begin)
    if end >= window.end:
        return None
    window.end, window.changed = end, offset
    return window
