"""A folder in the layout of the Numenta Anomaly Benchmark: `windows.json` and the CSV files it names.

The keys of `windows.json` are paths, their first folder is the category; the values are the labelled
windows, each a pair of times. A file holds `timestamp,value`, one row each.
"""

import csv
from datetime import datetime
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct

from pdm.errors import PdmError
from pdm.evaluate.run import Array

WINDOWS = "windows.json"
_LABELS = msgspec.json.Decoder(dict[str, list[tuple[str, str]]])
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the files name no zone, and none is needed


class NabError(PdmError):
    """The folder cannot be evaluated, or a file in it cannot be read."""


class Series(Struct, frozen=True):
    """One signal and its labels.

    times   : (n,) seconds since 1970 by the file's own clock
    values  : (n,) NaN where the field is empty
    windows : first and last row of each labelled window, in order
    """

    name: str
    times: Array
    values: Array
    windows: tuple[tuple[int, int], ...]

    @property
    def category(self) -> str:
        """Return the folder the file lies in, empty where it lies beside `windows.json`."""
        return self.name.rpartition("/")[0]


def read(folder: Path) -> list[Series]:
    """Read every file that `windows.json` names, in the order of their names.

    raises NabError, which names the file and the line
    """
    path = folder / WINDOWS
    try:
        labels = _LABELS.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError) as wrong:
        raise NabError(f"{path}: {wrong}") from None
    if not labels:
        raise NabError(f"{path}: names no file")
    return [_series(folder, name, windows) for name, windows in sorted(labels.items())]


def _series(folder: Path, name: str, labels: list[tuple[str, str]]) -> Series:
    times, values = read_csv(folder / name)
    windows = []
    for begin, end in labels:
        try:
            inside = np.flatnonzero((times >= seconds(begin)) & (times <= seconds(end)))
        except ValueError as wrong:
            raise NabError(f"{folder / WINDOWS}: {name}: {wrong}") from None
        if len(inside) == 0:
            raise NabError(f"{folder / WINDOWS}: {name}: no row between {begin} and {end}")
        windows.append((int(inside[0]), int(inside[-1])))
    return Series(name, times, values, tuple(sorted(windows)))


def read_csv(path: Path) -> tuple[Array, Array]:
    """Read times in seconds and values of one file; raises NabError, which names the line."""
    times, values = [], []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for line, row in enumerate(csv.DictReader(file), start=2):
                try:
                    times.append(seconds(row["timestamp"]))
                    values.append(float(row["value"].strip() or "nan"))
                except (KeyError, ValueError, AttributeError) as wrong:
                    raise NabError(f"{path}:{line}: {wrong}") from None
    except OSError as wrong:
        raise NabError(f"{path}: {wrong.strerror}") from None
    if not times:
        raise NabError(f"{path}: has no row")
    return np.array(times), np.array(values)


def seconds(text: str) -> float:
    """Convert `2014-04-10 07:15:00` to seconds since 1970, a zone being ignored as the files have none."""
    return (datetime.fromisoformat(text.strip()).replace(tzinfo=None) - _EPOCH).total_seconds()


def stamps(times: Array) -> list[str]:
    """Write seconds since 1970 as `2014-04-10 07:15:00`, by the file's own clock."""
    return [str(time).replace("T", " ") for time in times.astype("datetime64[s]")]
