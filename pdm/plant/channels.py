"""Channels of the plant file: quantity, unit, ranges, limits and allowances, taken to SI."""

from pdm.errors import RefusedError
from pdm.plant.spec import Allowance, ChannelSpec, Limits
from pdm.plant.table import Table
from pdm.records.reading import Quantity
from pdm.units import to_si

KEYS = ("quantity", "unit", "valid", "limits", "allowance", "per_frame")
_LIMITS = ("low_low", "low", "high", "high_high")


def read_channel(table: Table) -> ChannelSpec:
    """Read one channel; its numbers are in its unit, an allowance is a difference in it."""
    quantity, unit = read_quantity(table, "quantity"), table.text("unit")
    scale, offset = unit_rule(table, "unit", quantity, unit)
    valid = _valid(table, scale, offset) if "valid" in table else None
    limits = read_limits(table, scale, offset)
    allowance = read_allowed(table, scale)
    return ChannelSpec(
        quantity=quantity,
        unit=unit,
        valid=valid,
        limits=limits,
        allowance=allowance if "allowance" in table else None,
        per_frame=table.whole("per_frame", 0),
    )


def read_allowance(table: Table, key: str) -> Allowance:
    """Read the allowance of a quantity, whose key is "quantity" or "quantity unit"."""
    quantity, _, si_unit = key.partition(" ")
    if quantity not in set(Quantity):
        raise table.wrong(key, f"is no quantity; known are {', '.join(Quantity)}")
    inner = table.table(key, ("allowance",)).table("allowance", ("relative", "absolute", "unit"))
    unit = inner.text("unit", si_unit or None) if "absolute" in inner else ""
    scale = 1.0
    if unit:
        scale = unit_rule(inner, "unit", quantity, unit)[0]
        if si_unit and to_si(quantity, unit)[0] != si_unit:
            raise inner.wrong("unit", f"does not measure {si_unit}")
    return _own_allowance(inner, scale)


def read_quantity(table: Table, key: str) -> str:
    """Read the name of a quantity."""
    quantity = table.text(key)
    if quantity not in set(Quantity):
        raise table.wrong(key, f"{quantity!r} is none of {', '.join(Quantity)}")
    return quantity


def unit_rule(table: Table, key: str, quantity: str, unit: str) -> tuple[float, float]:
    """Look up the conversion of a unit, as scale and offset."""
    try:
        return to_si(quantity, unit)[1:]
    except RefusedError as refused:
        raise table.wrong(key, refused.detail.removeprefix("unit ")) from None


def _valid(table: Table, scale: float, offset: float) -> tuple[float, float]:
    """Read the physically possible range."""
    pair = table.numbers("valid")
    if len(pair) != 2 or pair[0] >= pair[1]:
        raise table.wrong("valid", "must be [lowest, highest]")
    return pair[0] * scale + offset, pair[1] * scale + offset


def read_limits(of: Table, scale: float, offset: float) -> Limits:
    """Read the limits of a channel or a rule, which must stand in their order."""
    table = of.table("limits", _LIMITS)
    given = {key: table.number(key) * scale + offset for key in _LIMITS if key in table}
    ordered = [given[key] for key in _LIMITS if key in given]
    if ordered != sorted(ordered):
        raise table.wrong("limits", f"must rise: {' <= '.join(key for key in _LIMITS if key in given)}")
    return Limits(**given)


def read_allowed(of: Table, scale: float) -> Allowance:
    """Read the allowance of a channel or a rule."""
    return _own_allowance(of.table("allowance", ("relative", "absolute")), scale)


def _own_allowance(table: Table, scale: float) -> Allowance:
    """Read an allowance; what it is a difference of has no offset."""
    relative, absolute = table.number("relative", 0.0), table.number("absolute", 0.0)
    if relative < 0 or absolute < 0:
        raise table.wrong("relative" if relative < 0 else "absolute", "must not be negative")
    return Allowance(relative, absolute * scale)
