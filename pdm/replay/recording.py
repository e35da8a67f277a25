"""A recorded file as requests: its rows in order, a body of JSON readings at a time."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from pdm.instant import NS, rfc3339
from pdm.replay.layout import Layout, LayoutError

ROWS = 500
"""Rows in one request."""
_PER_UNIT = {"s": NS, "ms": 1_000_000, "us": 1_000, "ns": 1}


class Recording(Struct, frozen=True):
    """One file to be replayed; it is a machine and an in-order source of its own."""

    asset: str
    path: Path
    layout: Layout


class Request(Struct, frozen=True):
    """Some rows of a recording as the body of a request.

    readings : how many there are      newest_ns : data time of the last row
    """

    body: bytes
    readings: int
    newest_ns: int


def assets_of(paths: Sequence[Path]) -> list[str]:
    """Name each file's machine: by its stem, with the folder in front when two collide."""
    stems = [_name(path.stem) for path in paths]
    often = Counter(stems)
    names = [
        stem if often[stem] == 1 else _name(f"{path.absolute().parent.name}-{path.stem}")
        for path, stem in zip(paths, stems, strict=True)
    ]
    if len(set(names)) < len(names):
        raise LayoutError("two files would have the same name: replay them one after the other")
    return names


def requests(recording: Recording) -> Iterator[Request]:
    """Read a file, some rows at a time; an empty cell is a missing value.

    raises LayoutError, which names the line, where a cell cannot be read
    """
    readings: list[dict[str, object]] = []
    newest = 0
    for number, (newest, cells) in enumerate(_rows(recording), start=1):
        readings += cells
        if number % ROWS == 0:
            yield Request(msgspec.json.encode(readings), len(readings), newest)
            readings = []
    if readings:
        yield Request(msgspec.json.encode(readings), len(readings), newest)


def _rows(recording: Recording) -> Iterator[tuple[int, list[dict[str, object]]]]:
    layout, zone = recording.layout, recording.layout.zone()
    with recording.path.open(encoding="utf-8-sig", newline="") as file:
        for line, row in enumerate(csv.DictReader(file, delimiter=layout.delimiter), start=2):
            try:
                time = _instant(row[layout.time], layout, zone)
                yield time, list(_readings(recording.asset, rfc3339(time), row, layout))
            except (ValueError, KeyError, TypeError, AttributeError) as wrong:
                raise LayoutError(f"{recording.path}:{line}: {wrong}") from None


def _readings(asset: str, time: str, row: dict[str, str], layout: Layout) -> Iterator[dict[str, object]]:
    for name, column in layout.columns.items():
        text = (row[name] or "").strip()
        if text and text.lower() not in {"nan", "null", "none", "na"}:
            value = float(text.replace(",", ".") if layout.decimal == "," else text)
            yield {
                "asset": asset,
                "channel": column.channel,
                "quantity": column.quantity,
                "time": time,
                "value": value,
                "unit": column.unit,
            }


def _instant(text: str, layout: Layout, zone: ZoneInfo) -> int:
    if layout.time_format != "iso":
        whole, _, decimals = text.replace(",", ".").partition(".")
        scale = _PER_UNIT[layout.time_format]
        return int(whole) * scale + (round(float(f"0.{decimals}") * scale) if decimals else 0)
    moment = datetime.fromisoformat(text.strip())
    local = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return int(local.replace(microsecond=0).timestamp()) * NS + local.microsecond * 1_000


def _name(text: str) -> str:
    """Turn a file's name into a machine's: other characters become dashes."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).lstrip("._-")[:128] or "file"
