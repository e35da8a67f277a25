"""A folder of labelled recordings in SKAB's layout: which files are in it, and their labels.

Subfolders hold labelled runs; `anomaly_free.csv` beside them, if it is there, is one normal stream.
Nothing here reaches the chain: the labels are read a second time, by the judge alone.
"""

import csv
from pathlib import Path

import numpy as np

from pdm.errors import PdmError
from pdm.evaluate.run import Array
from pdm.instant import nanoseconds

LABEL = "anomaly"
NORMAL = "anomaly_free.csv"


class FolderError(PdmError):
    """The folder holds nothing that can be evaluated, or a file in it cannot be read."""


def labelled(folder: Path) -> list[Path]:
    """Return the labelled runs in a fixed order; raises FolderError where there is none."""
    paths = [path for path in sorted(folder.glob("*/*.csv")) if LABEL in _header(path)]
    if not paths:
        raise FolderError(f"{folder}: no subfolder has a CSV file with a column {LABEL!r}")
    return paths


def normal(folder: Path) -> Path | None:
    """Return the normal stream, or None where there is none."""
    path = folder / NORMAL
    return path if path.is_file() else None


def times_and_labels(path: Path) -> tuple[Array, Array]:
    """Read the time in ns and the label of each row; a file without labels is normal throughout.

    raises FolderError, which names the line, where one cannot be read
    """
    times, labels = [], []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line, row in enumerate(csv.DictReader(file, delimiter=";"), start=2):
            try:
                times.append(nanoseconds(row["datetime"].strip().replace(" ", "T") + "Z"))
                labels.append(float(row.get(LABEL) or 0.0) > 0.5)
            except (KeyError, ValueError, AttributeError) as wrong:
                raise FolderError(f"{path}:{line}: {wrong}") from None
    return np.array(times, np.int64), np.array(labels, np.bool_)


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return file.readline().rstrip("\r\n").split(";")
