"""From the text of a rule pack to frozen values in SI; what is wrong is told with its line."""

import hashlib
import re
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from pdm.errors import PlantError, RulesError
from pdm.plant.channels import read_allowed, read_limits, read_quantity, unit_rule
from pdm.plant.load import read_toml
from pdm.plant.locate import line_of
from pdm.plant.spec import MOUNTINGS
from pdm.plant.table import Misread, Table
from pdm.records.reading import NAME
from pdm.rules.delays import KEYS as DELAYS
from pdm.rules.delays import read_delays
from pdm.rules.pack import Pack, Range, Rule
from pdm.units import to_si

_PACK = ("name", "version", "author", "date", "source")
_WHOSE = ("machine", "class")
_WHICH = ("channel", "quantity", "unit", "power_kw", "mounting")
_RULE = (*_WHOSE, *_WHICH, "limits", "allowance", *DELAYS, "suppress", "label")
_RANGE = ("above", "from", "to")
LONGEST = 256 * 1024
"""Characters of a pack."""


def parse(text: str, path: str) -> Pack:
    """Read a pack; `path` is only for the errors.

    raises RulesError, which says where and why
    """
    if len(text) > LONGEST:
        raise RulesError(path, 0, f"has more than {LONGEST} characters")
    try:
        return _pack(read_toml(text, path), text)
    except Misread as wrong:
        raise RulesError(path, line_of(text, wrong.path), wrong.problem) from None
    except PlantError as wrong:
        raise RulesError(path, wrong.line, wrong.problem) from None


@cache
def shipped() -> tuple[Pack, ...]:
    """Return the packs that come with the service, below the plant file and all other packs."""
    name = "iso-10816-3.toml"
    return (parse((files("pdm.rules") / name).read_text(encoding="utf-8"), name),)


def _pack(values: dict[str, Any], text: str) -> Pack:
    top = Table(values, (), ("pack", "rules"))
    head = top.table("pack", _PACK)
    rules = values.get("rules", [])
    if not isinstance(rules, list):
        raise Misread(("rules",), "rules must be an array of tables: [[rules]]")
    found = tuple(_rule(Table(one, ("rules", place), _RULE)) for place, one in enumerate(rules))
    name, version = head.text("name"), head.text("version")
    for key, value in (("name", name), ("version", version)):
        if not re.fullmatch(NAME, value):
            raise head.wrong(key, f"{value!r} may only have letters, digits, . _ -")
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return Pack(name, version, _said(head, "author"), _day(head), _said(head, "source"), found, sha256, text)


def _said(head: Table, key: str) -> str:
    text = head.text(key)
    if not text.strip():
        raise head.wrong(key, "must say something: a rule without it cannot be trusted")
    return text


def _day(head: Table) -> str:
    given = head.values.get("date")
    text = given.isoformat() if isinstance(given, date) else head.text("date")
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise head.wrong("date", f"{text!r} is no day such as 2026-03-01") from None


def _rule(table: Table) -> Rule:
    """Read one rule; its numbers are in its unit."""
    quantity = read_quantity(table, "quantity") if "quantity" in table else ""
    _check(table, quantity)
    unit, scale, offset = _unit(table, quantity)
    return Rule(
        machine=_name(table, "machine"),
        machine_class=_name(table, "class"),
        channel=_name(table, "channel"),
        quantity=quantity,
        unit=unit,
        power=_power(table),
        mounting=_mounting(table),
        limits=read_limits(table, scale, offset),
        allowance=read_allowed(table, scale) if "allowance" in table else None,
        suppress=table.flag("suppress", default=False),
        label=table.text("label", ""),
        delays=read_delays(table, scale),
    )


def _check(table: Table, quantity: str) -> None:
    """Refuse a rule that names no channel, or does nothing, or two things that exclude each other."""
    if "channel" not in table and not quantity:
        raise Misread(table.path, "a rule names a channel or a quantity")
    if all(key in table for key in _WHOSE):
        raise table.wrong("class", "is of no use beside machine")
    judges = "limits" in table or "allowance" in table
    delays = any(key in table for key in DELAYS)
    if table.flag("suppress", default=False):
        if judges or delays:
            raise table.wrong("suppress", "leaves nothing to judge: no limits, allowance or delays beside it")
    elif not judges and not delays:
        raise Misread(table.path, "a rule has limits, an allowance, delays, a deadband, or suppress = true")


def _unit(table: Table, quantity: str) -> tuple[str, float, float]:
    """Read the unit of a rule: its SI unit, scale and offset; "" where there is none."""
    if "unit" not in table:
        for key in ("limits", "allowance"):
            if key in table:
                raise table.wrong(key, "needs a unit in which its numbers are")
        if "absolute" in table.table("deadband"):
            raise table.wrong("deadband", "needs a unit in which it is absolute")
        return "", 1.0, 0.0
    if not quantity:
        raise table.wrong("unit", "needs a quantity beside it, which says what it measures")
    said = table.text("unit")
    scale, offset = unit_rule(table, "unit", quantity, said)
    return to_si(quantity, said)[0], scale, offset


def _name(table: Table, key: str) -> str:
    text = table.text(key, "")
    if text and not re.fullmatch(NAME, text):
        raise table.wrong(key, f"{text!r} may only have letters, digits, . _ -")
    return text


def _mounting(table: Table) -> str:
    text = table.text("mounting", "")
    if text and text not in MOUNTINGS:
        raise table.wrong("mounting", f"{text!r} is none of {', '.join(MOUNTINGS)}")
    return text


def _power(table: Table) -> Range | None:
    """Read a range of powers, given in kW."""
    if "power_kw" not in table:
        return None
    given = table.table("power_kw", _RANGE)
    said = {key: given.number(key) * 1_000.0 for key in _RANGE if key in given}
    if not said:
        raise table.wrong("power_kw", "says above, from or to")
    return Range(said.get("above"), said.get("from"), said.get("to"))
