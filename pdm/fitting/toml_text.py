"""Words of TOML that are put into the text of a plant file, and tables that are taken out of it."""

import re
from collections.abc import Callable, Iterable

HEADER = re.compile(r"\s*\[")
"""How a line begins that opens a table."""
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def quoted(name: str) -> str:
    """Write a name as a key."""
    return name if _BARE.fullmatch(name) else f'"{name}"'


def short(value: float, digits: int) -> float:
    """Round to so many significant digits."""
    return float(f"{value:.{digits}g}")


def without(lines: Iterable[str], goes: Callable[[str], bool]) -> list[str]:
    """Leave out the tables whose header `goes`."""
    kept, leaving = [], False
    for line in lines:
        if HEADER.match(line):
            leaving = goes(line)
        if not leaving:
            kept.append(line)
    return kept
