"""What the columns of a recorded file mean: a layout that ships, or one the user writes."""

import csv
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Struct, field

from pdm.errors import PdmError
from pdm.records.posted import QuantityName


class LayoutError(PdmError):
    """A file's columns cannot be understood, or a layout file is wrong."""


class Column(Struct, frozen=True, forbid_unknown_fields=True):
    """What one column measures."""

    channel: str
    quantity: QuantityName
    unit: str


class Layout(Struct, frozen=True, forbid_unknown_fields=True):
    """How to read a recorded file.

    time        : name of the column with the time of each row
    time_format : "iso", or a number since the epoch: "s", "ms", "us", "ns"
    timezone    : of times that name none
    decimal     : "." or ","
    columns     : by their name in the header; a column not named here is not read
    """

    time: str
    columns: dict[str, Column]
    delimiter: str = ","
    decimal: str = "."
    timezone: str = "UTC"
    time_format: str = "iso"
    machine_class: str = field(default="", name="class")

    def zone(self) -> ZoneInfo:
        """Return the zone of times that name none; raises LayoutError if there is no such zone."""
        try:
            return ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError):
            raise LayoutError(f"there is no time zone {self.timezone!r}") from None


def read_layout(path: Path) -> Layout:
    """Read a layout file; raises LayoutError where it is wrong."""
    try:
        return _checked(tomllib.loads(path.read_text("utf-8")), str(path))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise LayoutError(f"{path}: {wrong}") from None


def recognise(path: Path) -> Layout:
    """Find the shipped layout whose columns the file has; raises LayoutError where there is none."""
    shipped = [_checked(tomllib.loads(f.read_text("utf-8")), f.name) for f in _shipped()]
    for layout in shipped:
        if {layout.time, *layout.columns} <= set(header(path, layout.delimiter)):
            return layout
    names = ", ".join(header(path, ";" if ";" in _first_line(path) else ",")[:12])
    raise LayoutError(
        f"{path}: no shipped layout has these columns: {names}. "
        "Say what they mean with --layout FILE (docs/replay.md shows one)"
    )


def header(path: Path, delimiter: str) -> list[str]:
    """Read the names of the columns."""
    return next(csv.reader([_first_line(path)], delimiter=delimiter), [])


def _first_line(path: Path) -> str:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return file.readline(65_536).rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as wrong:
        raise LayoutError(f"{path}: {wrong}") from None


def _shipped() -> list[Any]:
    return sorted(files("pdm.replay").joinpath("layouts").iterdir(), key=lambda f: f.name)


def _checked(content: dict[str, Any], path: str) -> Layout:
    try:
        layout = msgspec.convert(content, Layout)
    except msgspec.ValidationError as wrong:
        raise LayoutError(f"{path}: {wrong}") from None
    if layout.decimal not in {".", ","} or layout.time_format not in {"iso", "s", "ms", "us", "ns"}:
        raise LayoutError(f'{path}: decimal is "." or ",", time_format is iso, s, ms, us or ns')
    if len(layout.delimiter) != 1 or layout.delimiter == layout.decimal:
        raise LayoutError(f"{path}: the delimiter is one character, and not the decimal sign")
    return layout
