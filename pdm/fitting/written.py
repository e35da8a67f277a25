"""Expectations as TOML, and their place in the text of a plant file."""

import re
from collections.abc import Mapping, Sequence

from msgspec import structs

from pdm.errors import PlantError
from pdm.fitting.result import Fit
from pdm.fitting.toml_text import HEADER, quoted, short, without
from pdm.plant.load import parse
from pdm.plant.spec import Expected

_TABLE = re.compile(r"""\s*\[\s*machines\s*\.\s*expected\s*\.\s*["']?([A-Za-z0-9._-]+?)["']?\s*\]""")
_OF_MACHINE = re.compile(r"\s*\[\[?\s*machines\s*\.")
_MACHINE = re.compile(r"\s*\[\[\s*machines\s*\]\]")
_ASSET = re.compile(r"""\s*asset\s*=\s*["']([^"']*)["']""")


def tables(expected: Mapping[str, Expected], digits: int = 7) -> str:
    """Write expectations as tables that stand below a machine; numbers in SI with so many digits."""
    return "\n".join(_table(name, model, digits) for name, model in expected.items())


def declared(fit: Fit, machine_class: str = "") -> str:
    """Write a machine that the plant file does not name, with its expectations."""
    head = f'[[machines]]\nasset = "{fit.asset}"\n' + (
        f'class = "{machine_class}"\n' if machine_class else ""
    )
    return f"{head}\n{tables(fit.expected)}"


def placed(text: str, fit: Fit, machine_class: str = "") -> str:
    """Put expectations into the text of a plant file, over those which the machine has for the same channels.

    raises PlantError where the machine is not written as [[machines]], or its tables are not
    """
    if fit.asset not in parse(text, "the plant file").machines:
        return f"{text.rstrip()}\n\n{declared(fit, machine_class)}".lstrip()
    lines = text.splitlines()
    begin, end = _section(lines, fit.asset)
    kept = _without(lines[begin:end], set(fit.expected))
    body = "\n".join(kept).rstrip()
    rest = "\n".join(lines[end:])
    before = "".join(f"{line}\n" for line in lines[:begin])
    made = f"{before}{body}\n\n{tables(fit.expected)}" + (f"{rest}\n" if rest else "")
    parse(made, "the plant file with its expectations")
    return made


def _section(lines: Sequence[str], asset: str) -> tuple[int, int]:
    """Find the first and the last line, excluded, of a machine and its tables."""
    starts = [number for number, line in enumerate(lines) if _MACHINE.match(line)]
    for begin in starts:
        end = begin + 1
        while end < len(lines) and not (HEADER.match(lines[end]) and not _OF_MACHINE.match(lines[end])):
            end += 1
        while lines[end - 1].strip() == "" or lines[end - 1].lstrip().startswith("#"):
            end -= 1  # what is said above the next table belongs to that one
        named = (_ASSET.match(line) for line in lines[begin:end])
        if asset in {found[1] for found in named if found}:
            return begin, end
    raise PlantError("the plant file", 0, f"{asset} is not written as [[machines]]: paste its tables by hand")


def _without(lines: Sequence[str], channels: set[str]) -> list[str]:
    """Leave out the expectations of these channels."""

    def goes(header: str) -> bool:
        found = _TABLE.match(header)
        return bool(found and found[1] in channels)

    return without(lines, goes)


def _table(channel: str, given: Expected, digits: int) -> str:
    """Write one expectation."""
    model = _short(given, digits)
    drivers = ", ".join(f'"{driver}"' for driver in model.drivers)
    return (
        f"[machines.expected.{quoted(channel)}]\n"
        f"drivers = [{drivers}]\n"
        f"centre = {model.centre!r}\n"
        f"coefficients = {list(model.coefficients)!r}\n"
        f"offsets = {list(model.offsets)!r}\n"
        f"scale = {model.scale!r}\n"
    )


def _short(model: Expected, digits: int) -> Expected:
    """Round to significant digits."""

    def cut(values: Sequence[float]) -> tuple[float, ...]:
        return tuple(short(value, digits) for value in values)

    (centre, scale) = cut((model.centre, model.scale))
    return structs.replace(
        model, centre=centre, scale=scale, coefficients=cut(model.coefficients), offsets=cut(model.offsets)
    )
