"""In which line of a TOML text something stands: the parser does not say, and a person must know."""

import re
from collections.abc import Iterator

Path = tuple[str | int, ...]
"""Keys from the top, with the place of a table in an array of tables behind the array's name."""

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_DOTTED})\s*\]")
_KEY = re.compile(rf"\s*({_DOTTED})\s*=")


def line_of(text: str, path: Path) -> int:
    """Find the line, from 1, of a key or table, or of the nearest one above it; 0 where there is none."""
    best, depth = 0, 0
    for number, there in _entries(text):
        shared = _shared(there, path)
        if shared > depth:
            best, depth = number, shared
    return best


def _entries(text: str) -> Iterator[tuple[int, Path]]:
    """Walk over headers and keys: their line and the path they open."""
    table: Path = ()
    counts: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        if header:
            keys = _parts(header[2])
            if header[1] == "[[":
                counts[keys] = counts.get(keys, -1) + 1
            table = _indexed(keys, counts)
            yield number, table
        elif key := _KEY.match(line):
            yield number, (*table, *_parts(key[1]))


def _indexed(keys: tuple[str, ...], counts: dict[tuple[str, ...], int]) -> Path:
    """Put the current place behind each name of an array of tables."""
    path: list[str | int] = []
    for i, key in enumerate(keys, 1):
        path.append(key)
        if keys[:i] in counts:
            path.append(counts[keys[:i]])
    return tuple(path)


def _parts(dotted: str) -> tuple[str, ...]:
    """Take a dotted key apart."""
    return tuple(part.strip("\"'") for part in re.findall(_PART, dotted))


def _shared(there: Path, path: Path) -> int:
    """Count how many keys of `path` an entry covers; 0 where it lies beside it or beyond it."""
    return len(there) if there == path[: len(there)] else 0
