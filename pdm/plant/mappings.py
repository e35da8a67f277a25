"""Mappings: rules that say which machine, channel, quantity and unit a foreign point is about."""

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

from pdm.plant.channels import read_quantity
from pdm.plant.spec import Mapping
from pdm.plant.table import Misread, Table
from pdm.units import quantities_of

_TEMPLATES = ("asset", "channel", "quantity", "unit")
_KEYS = ("name", "measurement", "fields", "tags", *_TEMPLATES, "booleans", "ignore")
_TEMPLATE = re.compile(r"(?:[^{}]|\{[^{}]+\})+")


def read_mappings(given: Any, kind: str = "rule") -> tuple[Mapping, ...]:
    """Read the array of rules in its order; `kind` is what messages call them."""
    if not isinstance(given, list):
        raise Misread(("mappings",), "mappings must be an array of tables: [[mappings]]")
    tables = [Table(values, ("mappings", place), _KEYS) for place, values in enumerate(given)]
    return tuple(_mapping(table, f"{kind} {place}") for place, table in enumerate(tables, 1))


@lru_cache(maxsize=1)
def shipped_mappings() -> tuple[Mapping, ...]:
    """Read the rules that are tried after those of the plant file."""
    text = (files("pdm.plant") / "mappings.toml").read_text(encoding="utf-8")
    return read_mappings(tomllib.loads(text)["mappings"], "shipped rule")


def _mapping(table: Table, place: str) -> Mapping:
    """Read one rule."""
    name, ignore = table.text("name", ""), table.flag("ignore", default=False)
    if ignore and (extra := next((key for key in (*_TEMPLATES, "booleans") if key in table), "")):
        raise table.wrong(extra, "has no meaning where ignore = true")
    found = Mapping(
        label=f"{place} ({name})" if name else place,
        measurement=table.text("measurement", "*"),
        fields=_texts(table, "fields") or ("*",),
        tags=_patterns(table.table("tags")),
        asset=_templates(table, "asset"),
        channel=_templates(table, "channel") or ("{measurement}-{field}",),
        quantity=_templates(table, "quantity"),
        unit=_templates(table, "unit"),
        booleans=table.flag("booleans", default=False),
        ignore=ignore,
    )
    if not ignore and not found.asset:
        raise Misread(table.path, "asset is missing: which machine is it?")
    _check_meaning(table, found)
    return found


def _texts(table: Table, key: str) -> tuple[str, ...]:
    """Read a text or a list of texts; nothing where the key is absent."""
    if key not in table:
        return ()
    return table.texts(key) if isinstance(table.values[key], list) else (table.text(key),)


def _templates(table: Table, key: str) -> tuple[str, ...]:
    """Read templates, of which none may be empty or have a brace too many."""
    found = _texts(table, key)
    if bad := next((text for text in found if not _TEMPLATE.fullmatch(text)), None):
        raise table.wrong(key, f"{bad!r} is no template such as '{{host}}-{{field}}'")
    if key in table and (not found or "" in found):
        raise table.wrong(key, "must not be empty")
    return found


def _patterns(table: Table) -> dict[str, str]:
    """Read tags and the patterns their values must match."""
    return {tag: table.text(tag) for tag in table.values}


def _check_meaning(table: Table, found: Mapping) -> None:
    """Refuse a fixed quantity or unit that there is not, or that do not fit each other."""
    quantity = read_quantity(table, "quantity") if _fixed(found.quantity) else ""
    if not _fixed(found.unit):
        return
    known = quantities_of(found.unit[0])
    if not known:
        raise table.wrong("unit", f"{found.unit[0]!r} is not known")
    if quantity and quantity not in (*known, "process"):
        raise table.wrong("unit", f"{found.unit[0]!r} does not fit {quantity}")


def _fixed(templates: tuple[str, ...]) -> bool:
    """Say whether there is one template, and it takes nothing from the point."""
    return len(templates) == 1 and "{" not in templates[0]
