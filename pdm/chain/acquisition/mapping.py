"""What a field of a foreign point means: the rules of the plant file, then the shipped ones."""

import re
from collections.abc import Mapping as Tags
from fnmatch import fnmatchcase

from msgspec import Struct

from pdm.chain.acquisition.meaning import Refusal
from pdm.chain.acquisition.naming import fitted
from pdm.plant.lookup import channel_spec, class_of
from pdm.plant.spec import Mapping, Plant
from pdm.records.reading import Quantity, Reason
from pdm.units import quantities_of

_QUANTITIES = frozenset(map(str, Quantity))
_PLACE = re.compile(r"\{([^{}]+)\}")


class Target(Struct, frozen=True):
    """What a field is a reading of; `booleans` where true and false are 1 and 0."""

    asset: str
    channel: str
    quantity: str
    unit: str
    booleans: bool


class Fate(Struct, frozen=True):
    """What becomes of a field: a reading, a refusal, or neither where a rule leaves it out.

    rule : which rule decided, "" where none did
    """

    target: Target | None = None
    refusal: Refusal | None = None
    rule: str = ""


class Point(Struct, frozen=True):
    """One field of a foreign point, without its value and time."""

    measurement: str
    tags: Tags[str, str]
    field: str


def fate(point: Point, plant: Plant, machine_class: str) -> Fate:
    """Find the first rule that fits, and what it makes of the field."""
    for rule in plant.mappings:
        if not _matches(rule, point):
            continue
        if rule.ignore:
            return Fate(rule=rule.label)
        asset, channel = _filled(rule.asset, point), _filled(rule.channel, point)
        if asset is not None and channel is not None:
            found = _meant(rule, point, (fitted(asset), fitted(channel)), plant, machine_class)
            return (
                Fate(found, None, rule.label) if isinstance(found, Target) else Fate(None, found, rule.label)
            )
    tags = ", ".join(point.tags) or "none"
    detail = f"no rule fits measurement {point.measurement[:40]!r}, field {point.field[:40]!r}, tags {tags}"
    return Fate(refusal=(Reason.NO_MAPPING, detail))


def _matches(rule: Mapping, point: Point) -> bool:
    """Say whether the patterns of a rule match."""
    tags = point.tags
    return (
        all(tag in tags and _fits(tags[tag], value) for tag, value in rule.tags.items())
        and _fits(point.measurement, rule.measurement)
        and any(_fits(point.field, pattern) for pattern in rule.fields)
    )


def _fits(text: str, pattern: str) -> bool:
    """Say whether a text matches a pattern, in upper and lower case as written."""
    return pattern in ("*", text) or fnmatchcase(text, pattern)


def _filled(templates: tuple[str, ...], point: Point) -> str | None:
    """Fill the first template whose tags are all there; None where there is no such."""
    for template in templates:
        pieces = _PLACE.split(template)
        pieces[1::2] = taken = [_taken(place, point) for place in pieces[1::2]]
        if None not in taken:
            return "".join(pieces)
    return None


def _taken(place: str, point: Point) -> str | None:
    """Take what a template names out of the point."""
    if place == "measurement":
        return point.measurement
    return point.field if place == "field" else point.tags.get(place.removeprefix("tag:"))


def _meant(
    rule: Mapping, point: Point, name: tuple[str, str], plant: Plant, machine_class: str
) -> Target | Refusal:
    """Find quantity and unit: by the rule, by the plant file's channel, the quantity also by the unit."""
    asset, channel = name
    spec = channel_spec(plant, asset, class_of(plant, asset, machine_class), channel)
    unit = _filled(rule.unit, point) or (spec.unit if spec else None)
    if unit is None:
        detail = (
            f"no unit for {asset} {channel}: {rule.label} gives none, and the plant file has no such channel"
        )
        return Reason.NO_MAPPING, detail
    quantity = _filled(rule.quantity, point) or (spec.quantity if spec else None) or _derived(unit)
    if isinstance(quantity, tuple):
        return quantity
    if quantity not in _QUANTITIES:
        return Reason.NO_MAPPING, f"{quantity[:40]!r} is no quantity ({rule.label})"
    return Target(asset, channel, quantity, unit, rule.booleans)


def _derived(unit: str) -> str | Refusal:
    """Name the one quantity that a unit measures."""
    known = quantities_of(unit)
    if len(known) == 1:
        return known[0]
    if not known:
        return Reason.UNKNOWN_UNIT, f"unit {unit[:32]!r} is not known"
    return (
        Reason.NO_MAPPING,
        f"unit {unit!r} may be {', '.join(known)}: a rule, a tag or the channel must say",
    )
