"""What a pack changes: for each channel what held, and what would hold; and what of it makes no sense."""

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from pdm.instant import NS
from pdm.plant.spec import Limits, Plant
from pdm.records.block import Channel
from pdm.rules.delays import Deadband, unreachable
from pdm.rules.pack import Pack
from pdm.rules.rulebook import BOUNDS, Judged, Rulebook
from pdm.units import display, to_si

WAITS = ("on_delay", "off_delay")


class Signal(Struct, frozen=True, order=True):
    """One channel of one machine, or of a class whose machines nobody has named (`asset` is "" then).

    shown : the unit in which people read it
    """

    asset: str
    machine_class: str
    channel: Channel
    shown: str = ""


class RuleChange(Struct, frozen=True):
    """One value that changes, in `unit`; None where there is none.

    what   : "high", "allowance relative", "on_delay", "judged" and such
    source : who says the new value; "" where the plant file does
    """

    asset: str
    machine_class: str
    channel: str
    what: str
    unit: str
    before: float | None
    after: float | None
    source: str = ""


def declared(plant: Plant) -> Iterator[Signal]:
    """Yield every channel that the plant file names: of machines, and of classes for those it does not."""
    groups = [("", name, one.channels) for name, one in plant.classes.items()]
    machines = [(asset, one.machine_class, one.channels) for asset, one in plant.machines.items()]
    for asset, machine_class, channels in [*machines, *groups]:
        for name, spec in channels.items():
            channel = Channel(name, spec.quantity, to_si(spec.quantity, spec.unit)[0])
            yield Signal(asset, machine_class, channel, spec.unit)


def changes(before: Rulebook, after: Rulebook, signals: Iterable[Signal]) -> list[RuleChange]:
    """List what changes from one rulebook to another, signal by signal."""
    found: list[RuleChange] = []
    for signal in sorted(set(signals)):
        was, is_now = (
            book.judged(signal.asset, signal.machine_class, signal.channel) for book in (before, after)
        )
        found += _changed(signal, was, is_now)
    return found


def applied(packs: Iterable[Pack], pack: Pack) -> list[Pack]:
    """Return the packs in force once this one is put there: it takes the place of its earlier version."""
    return [*(one for one in packs if one.name != pack.name), pack]


def contradictions(book: Rulebook, signals: Iterable[Signal]) -> list[str]:
    """Name the channels whose limits do not rise, and those whose deadband none of them can keep.

    A critical limit within its warning one judges nothing; a deadband in units counts from a limit.
    """
    found = []
    for signal in sorted(set(signals)):
        judged = book.judged(signal.asset, signal.machine_class, signal.channel)
        held = [(key, limit) for key in BOUNDS if (limit := getattr(judged.limits, key)) is not None]
        whose = signal.asset or f"class {signal.machine_class}"
        wide = unreachable(judged.delays.deadband, judged.limits)
        if wide:
            by = judged.sources["deadband"]
            found.append(f"deadband of {whose} {signal.channel.name}, by {by}, {wide}")
        if [limit for _, limit in held] != sorted(limit for _, limit in held):
            said = ", ".join(f"{key} by {judged.sources.get(key) or 'the plant file'}" for key, _ in held)
            found.append(f"limits of {whose} {signal.channel.name} would not rise: {said}")
    return found


def idle(pack: Pack, book: Rulebook, signals: Iterable[Signal]) -> list[int]:
    """Return the places, from 1, of rules that no known channel fits: often a slip of the pen."""
    known = list(signals)
    return [
        place
        for place, rule in enumerate(pack.rules, 1)
        if not any(book.fits(rule, one.asset, one.machine_class, one.channel) for one in known)
    ]


def _changed(signal: Signal, was: Judged, is_now: Judged) -> Iterator[RuleChange]:
    channel = signal.channel
    unit, from_si = display(channel.quantity, channel.unit, signal.shown)
    scale = from_si(1.0) - from_si(0.0)
    head = signal.asset, signal.machine_class, channel.name
    if bool(was.suppressed) != bool(is_now.suppressed):
        values = float(not was.suppressed), float(not is_now.suppressed)
        yield RuleChange(*head, "judged", "", *values, is_now.suppressed)
    for key in BOUNDS:
        old, new = (_shown(one.limits, key, from_si) for one in (was, is_now))
        if old != new:
            yield RuleChange(*head, key, unit, old, new, is_now.sources.get(key, ""))
    for key, factor, shown in _measured(scale, unit):
        old, new = getattr(was.allowance, key), getattr(is_now.allowance, key)
        if old != new:
            values = old * factor, new * factor
            yield RuleChange(*head, f"allowance {key}", shown, *values, is_now.allowance_from)
    for key in WAITS:
        old, new = (_seconds(getattr(one.delays, key)) for one in (was, is_now))
        if old != new:
            yield RuleChange(*head, key, "s", old, new, is_now.sources.get(key, ""))
    yield from _widened(head, (was, is_now), scale, unit)


def _widened(
    head: tuple[str, str, str], states: tuple[Judged, Judged], scale: float, unit: str
) -> Iterator[RuleChange]:
    """Tell of a changed deadband; what is not said is None."""
    old, new = (one.delays.deadband for one in states)
    if old == new:
        return
    for key, factor, shown in _measured(scale, unit):
        before, after = _of_deadband(old, key, factor), _of_deadband(new, key, factor)
        if before != after:
            source = states[1].sources.get("deadband", "")
            yield RuleChange(*head, f"deadband {key}", shown, before, after, source)


def _measured(scale: float, unit: str) -> tuple[tuple[str, float, str], ...]:
    """Give the two ways to say an amount: its key, the factor from SI, and the unit people read it in."""
    return ("relative", 1.0, ""), ("absolute", scale, unit)


def _seconds(delay_ns: int | None) -> float | None:
    return None if delay_ns is None else delay_ns / NS


def _of_deadband(one: Deadband | None, key: str, factor: float) -> float | None:
    """Return a number of a deadband; None where the other of both says it."""
    if one is None or (key == "absolute") != bool(one.absolute):
        return None
    return float(getattr(one, key)) * factor


def _shown(limits: Limits, key: str, from_si: Callable[[float], float]) -> float | None:
    limit = getattr(limits, key)
    return None if limit is None else from_si(limit)
