"""Machines and their classes in the plant file."""

import math
import re
from typing import Any

from pdm.plant.budget import BUDGET_KEYS, read_budget
from pdm.plant.channels import KEYS, read_channel
from pdm.plant.pattern import read_pattern
from pdm.plant.sisters import read_sisters
from pdm.plant.spec import MOUNTINGS, Bearing, ChannelSpec, Expected, MachineClass, MachineSpec
from pdm.plant.table import Misread, Table
from pdm.records.reading import NAME

CLASS_KEYS = ("channels", "expected", "running", "silent", "pattern", *BUDGET_KEYS)
_PLATE = ("power_kw", "speed_rpm", "mounting", "bearing")
_MACHINE = ("asset", "class", "path", *_PLATE, *CLASS_KEYS)
_BEARING = ("elements", "element_diameter_mm", "pitch_diameter_mm", "contact_angle_deg")
_EXPECTED = ("drivers", "centre", "coefficients", "offsets", "scale")
MOST_DRIVERS = 4
"""Drivers a channel can have: what the detector has room for."""
MOST_WITNESSES = 4
"""Channels that can tell whether a machine runs."""


def read_classes(table: Table) -> dict[str, MachineClass]:
    """Read all classes."""
    return {
        name: MachineClass(
            name,
            _channels(one.table("channels")),
            _expected(one.table("expected")),
            _running(one),
            _silent(one),
            read_pattern(one),
            read_budget(one),
            read_sisters(one),
        )
        for name, one in table.named((*CLASS_KEYS, "sisters")).items()
    }


def read_machines(given: Any, classes: dict[str, MachineClass], tables: Table) -> dict[str, MachineSpec]:
    """Read the array of machines; `tables` are the classes as written, below each machine's own channels."""
    if not isinstance(given, list):
        raise Misread(("machines",), "machines must be an array of tables: [[machines]]")
    found: dict[str, MachineSpec] = {}
    for place, values in enumerate(given):
        machine = _machine(Table(values, ("machines", place), _MACHINE), classes, tables)
        if machine.asset in found:
            raise Misread(("machines", place, "asset"), f"asset {machine.asset!r} is declared twice")
        found[machine.asset] = machine
    return found


def _machine(table: Table, classes: dict[str, MachineClass], tables: Table) -> MachineSpec:
    """Read one machine."""
    asset, name = table.text("asset"), table.text("class", "")
    if not re.fullmatch(NAME, asset):
        raise table.wrong("asset", f"{asset!r} may only have letters, digits, . _ -")
    if name and name not in classes:
        raise table.wrong(
            "class", f"{name!r} is not declared; known are {', '.join(sorted(classes)) or 'none'}"
        )
    return MachineSpec(
        asset=asset,
        machine_class=name,
        path=table.text("path", ""),
        power=_positive(table, "power_kw", 1_000.0),
        speed=_positive(table, "speed_rpm", 1.0 / 60.0),
        bearing=_bearing(table.table("bearing", _BEARING)) if "bearing" in table else None,
        channels=_own_channels(table, name, classes, tables),
        expected={**(classes[name].expected if name else {}), **_expected(table.table("expected"))},
        running=_running(table, classes[name].running if name else None),
        pattern=read_pattern(table) or (classes[name].pattern if name else None),
        budget=read_budget(table) or (classes[name].budget if name else None),
        mounting=_mounting(table),
        silent_ns=classes[name].silent_ns if name and "silent" not in table else _silent(table),
    )


def _silent(table: Table) -> int | None:
    """Read how long a machine may be silent, where it says so."""
    return table.duration("silent", "0 s") if "silent" in table else None


def _mounting(table: Table) -> str:
    """Read how stiff the support of a machine is."""
    text = table.text("mounting", "")
    if text and text not in MOUNTINGS:
        raise table.wrong("mounting", f"{text!r} is none of {', '.join(MOUNTINGS)}")
    return text


def _own_channels(
    table: Table, name: str, classes: dict[str, MachineClass], tables: Table
) -> dict[str, ChannelSpec]:
    """Put a machine's own channels, key by key, on top of those of its class."""
    inherited = classes[name].channels if name else {}
    if "channels" not in table:
        return inherited
    below = tables.table(name).table("channels").values if name else {}
    own = table.table("channels")
    mixed = {channel: {**below.get(channel, {}), **one.values} for channel, one in own.named(KEYS).items()}
    return {**inherited, **_channels(Table(mixed, own.path))}


def _channels(table: Table) -> dict[str, ChannelSpec]:
    return {name: read_channel(one) for name, one in table.named(KEYS).items()}


def _expected(table: Table) -> dict[str, Expected]:
    """Read fitted expectations; their numbers are in SI units."""
    found = {}
    for name, one in table.named(_EXPECTED).items():
        drivers, coefficients, offsets = (
            one.texts("drivers"),
            one.numbers("coefficients"),
            one.numbers("offsets"),
        )
        if not len(drivers) == len(coefficients) == len(offsets) > 0:
            raise one.wrong("drivers", "coefficients and offsets must be equally many, and some")
        if len(drivers) > MOST_DRIVERS:
            raise one.wrong("drivers", f"must be {MOST_DRIVERS} at most")
        if name in drivers or len(set(drivers)) < len(drivers):
            raise one.wrong("drivers", "must be other channels, each named once")
        scale = one.number("scale")
        if scale <= 0:
            raise one.wrong("scale", "must be positive")
        found[name] = Expected(drivers, one.number("centre"), coefficients, offsets, scale)
    return found


def _running(table: Table, of_class: tuple[str, ...] | None = None) -> tuple[str, ...] | None:
    """Read which channels tell whether it runs; an empty list: it always does."""
    if "running" not in table:
        return of_class
    names = table.texts("running")
    if len(names) > MOST_WITNESSES or len(set(names)) < len(names):
        raise table.wrong("running", f"must be {MOST_WITNESSES} channels at most, each named once")
    return names


def _bearing(table: Table) -> Bearing:
    """Read bearing geometry."""
    elements = table.whole("elements")
    small, pitch = table.number("element_diameter_mm"), table.number("pitch_diameter_mm")
    if elements < 3 or not 0 < small < pitch:
        raise table.wrong("elements", "must be 3 or more, and 0 < element_diameter_mm < pitch_diameter_mm")
    return Bearing(elements, small * 1e-3, pitch * 1e-3, math.radians(table.number("contact_angle_deg", 0.0)))


def _positive(table: Table, key: str, scale: float) -> float | None:
    """Read a positive number that may be absent, in SI."""
    if key not in table:
        return None
    value = table.number(key)
    if value <= 0:
        raise table.wrong(key, "must be positive")
    return value * scale
