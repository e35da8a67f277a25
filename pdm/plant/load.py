"""From a plant file to frozen values in SI; what it does not say comes from the shipped defaults."""

import hashlib
import re
import tomllib
import zoneinfo
from importlib.resources import files
from pathlib import Path
from typing import Any

from pdm.errors import PlantError
from pdm.plant.budget import BUDGET_KEYS, read_budget
from pdm.plant.channels import read_allowance
from pdm.plant.locate import line_of
from pdm.plant.machines import read_classes, read_machines
from pdm.plant.mappings import read_mappings, shipped_mappings
from pdm.plant.spec import Plant
from pdm.plant.table import Misread, Table
from pdm.records.block import Source

_TOP = ("plant", "sources", "quantities", "classes", "machines", "mappings")
_PLANT = ("name", "timezone", "strict", "frame", "silent", *BUDGET_KEYS)
_DAY = 86_400_000_000_000


def load(path: Path | str | None = None) -> Plant:
    """Read a plant file, or the shipped defaults alone where there is none.

    raises PlantError, which says where and why
    """
    if path is None:
        return parse("", "defaults.toml")
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise PlantError(str(path), 0, f"cannot be read: {wrong}") from None
    return parse(text, str(path))


def parse(toml_text: str, path: str) -> Plant:
    """Read the text of a plant file; `path` is only for the errors.

    raises PlantError, which says where and why
    """
    written = read_toml(toml_text, path)
    try:
        return _plant(_above_defaults(written), toml_text)
    except Misread as wrong:
        raise PlantError(path, line_of(toml_text, wrong.path), wrong.problem) from None


def read_toml(text: str, path: str) -> dict[str, Any]:
    """Read TOML; its parser names line and column in words.

    raises PlantError
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        problem, _, place = str(wrong).partition(" (at ")
        line = re.match(r"line (\d+)", place)
        raise PlantError(path, int(line[1]) if line else text.count("\n") + 1, problem) from None


def _above_defaults(written: dict[str, Any]) -> dict[str, Any]:
    """Lay what is written over the defaults: quantities and sources as a whole, classes key by key."""
    Table(written, (), _TOP)
    shipped = tomllib.loads((files("pdm.plant") / "defaults.toml").read_text(encoding="utf-8"))
    for name in ("plant", "sources", "quantities", "classes"):
        if not isinstance(written.get(name, {}), dict):
            raise Misread((name,), f"{name} must be a table")
    mixed = dict(written)
    for name in ("plant", "sources", "quantities"):
        mixed[name] = {**shipped.get(name, {}), **written.get(name, {})}
    mixed["classes"] = _laid_over(shipped.get("classes", {}), written.get("classes", {}))
    return mixed


def _laid_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Merge tables in depth; whatever is no table on both sides is replaced."""
    mixed = dict(below)
    for key, value in above.items():
        both = isinstance(value, dict) and isinstance(below.get(key), dict)
        mixed[key] = _laid_over(below[key], value) if both else value
    return mixed


def _plant(values: dict[str, Any], text: str) -> Plant:
    """Read the whole."""
    top = Table(values, (), _TOP)
    head = top.table("plant", _PLANT)
    frame_ns = head.duration("frame", "1 s")
    if not 0 < frame_ns <= _DAY:
        raise head.wrong("frame", "must be more than 0 and at most 24 h")
    quantities = top.table("quantities")
    classes = read_classes(top.table("classes"))
    return Plant(
        name=head.text("name", "plant"),
        timezone=_timezone(head),
        strict=head.flag("strict", default=False),
        frame_ns=frame_ns,
        sources=_sources(top.table("sources")),
        classes=classes,
        machines=read_machines(values.get("machines", []), classes, top.table("classes")),
        quantities={key: read_allowance(quantities, key) for key in quantities.values},
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        toml=text,
        silent_ns=head.duration("silent", "60 s"),
        mappings=(*read_mappings(values.get("mappings", [])), *shipped_mappings()),
        budget=read_budget(head),
    )


def _sources(table: Table) -> dict[str, Source]:
    """Read the sources and how late each may deliver."""
    found = {}
    for name, one in table.named(("lateness",)).items():
        lateness = one.duration("lateness", "2 s")
        if lateness > _DAY:
            raise one.wrong("lateness", "must be at most 24 h")
        found[name] = Source(name, "", lateness)
    return found


def _timezone(table: Table) -> str:
    """Read the name of a time zone of the IANA database."""
    name = table.text("timezone", "UTC")
    try:
        zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        if name != "UTC":
            raise table.wrong("timezone", f"{name!r} is not in the IANA time zone database") from None
    return name
