"""A TOML table that is read key by key, where everything it should not hold is an error with its place."""

import math
import re
from typing import Any

from pdm.plant.locate import Path
from pdm.records.reading import NAME


class Misread(Exception):  # noqa: N818 - it never leaves the package: the loader turns it into a PlantError
    """Something in the file is wrong; `path` says where, in keys."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(problem)
        self.path, self.problem = path, problem


class Table:
    """One table and the path that leads to it; `known` are the keys it may have."""

    def __init__(self, values: Any, path: Path, known: tuple[str, ...] | None = None) -> None:
        if not isinstance(values, dict):
            raise Misread(path, f"{path[-1]} must be a table")
        self.values, self.path = values, path
        for key in values:
            if known is not None and key not in known:
                raise Misread((*path, key), f"unknown key {key!r}; known are {', '.join(known)}")

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def wrong(self, key: str, problem: str) -> Misread:
        """Make the error for one key."""
        return Misread((*self.path, key), f"{key} {problem}")

    def text(self, key: str, default: str | None = None) -> str:
        """Read a text of at most 256 characters; without a default it must be there."""
        value = self._value(key, default)
        if not isinstance(value, str) or len(value) > 256:
            raise self.wrong(key, "must be a text of at most 256 characters")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Read true or false."""
        value = self._value(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, "must be true or false")
        return value

    def number(self, key: str, default: float | None = None) -> float:
        """Read a finite number; without a default it must be there."""
        return _number(self, key, self._value(key, default))

    def numbers(self, key: str) -> tuple[float, ...]:
        """Read a list of finite numbers."""
        value = self._value(key, None)
        if not isinstance(value, list):
            raise self.wrong(key, "must be a list of numbers")
        return tuple(_number(self, key, one) for one in value)

    def texts(self, key: str) -> tuple[str, ...]:
        """Read a list of texts."""
        value = self._value(key, None)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.wrong(key, "must be a list of texts")
        return tuple(value)

    def whole(self, key: str, default: int | None = None) -> int:
        """Read a whole number that is not negative."""
        value = self._value(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.wrong(key, "must be a whole number, 0 or more")
        return value

    def duration(self, key: str, default: str | None = None) -> int:
        """Read a time such as "2 s" or "500 ms", in ns."""
        match = _DURATION.fullmatch(self.text(key, default))
        if not match:
            raise self.wrong(key, 'must be a time such as "2 s", "500 ms", "5 min" or "1 h"')
        return round(float(match[1]) * _DURATIONS[match[2]])

    def table(self, key: str, known: tuple[str, ...] | None = None) -> "Table":
        """Open the table under a key; an absent one is empty."""
        return Table(self.values.get(key, {}), (*self.path, key), known)

    def named(self, known: tuple[str, ...]) -> dict[str, "Table"]:
        """Open every table in this one; their keys are names of assets, channels, sources, classes."""
        for name in self.values:
            if not re.fullmatch(NAME, name):
                raise Misread((*self.path, name), f"name {name!r} may only have letters, digits, . _ -")
        return {name: self.table(name, known) for name in self.values}

    def _value(self, key: str, default: Any) -> Any:
        if key in self.values:
            return self.values[key]
        if default is None:
            raise Misread(self.path, f"{key} is missing")
        return default


_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]+)?) ?(ms|s|min|h)")
_DURATIONS = {"ms": 1_000_000, "s": 1_000_000_000, "min": 60_000_000_000, "h": 3_600_000_000_000}


def _number(table: Table, key: str, value: Any) -> float:
    """Take a value as a finite number, or say that it is none."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise table.wrong(key, "must be a finite number")
    return float(value)
