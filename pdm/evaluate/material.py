"""The material of an evaluation: labelled runs and a normal stream, each with its log."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from msgspec import Struct

from pdm.chain.detection.kit import Kit
from pdm.evaluate.folder import labelled, normal, times_and_labels
from pdm.evaluate.judging import Judged, judge, log_of
from pdm.evaluate.signals import Signals, read
from pdm.plant.spec import Plant
from pdm.records.log import LogRecord
from pdm.replay.layout import recognise
from pdm.replay.recording import Recording, assets_of

Progress = Callable[[str], None]


class Logged(Struct, frozen=True):
    """One machine's signals and the ordered log that they make."""

    signals: Signals
    log: list[LogRecord]

    def judge(self, kit: Kit) -> Judged:
        """Judge the whole log by a kit."""
        return judge(self.signals, self.log, kit)


class Material(Struct, frozen=True):
    """What a folder holds.

    runs  : the labelled runs in a fixed order
    quiet : the normal stream, or None where there is none
    """

    plant: Plant
    runs: tuple[Logged, ...]
    quiet: Logged | None

    def groups(self) -> list[str]:
        """Name the folder of each run, a family of faults."""
        return [run.signals.group for run in self.runs]

    def everything(self) -> tuple[Logged, ...]:
        """Return the runs, then the normal stream."""
        return self.runs if self.quiet is None else (*self.runs, self.quiet)


def material(folder: Path, plant: Plant, progress: Progress = lambda _line: None) -> Material:
    """Read a folder; raises FolderError or LayoutError, which name the file and the line."""
    paths, stream = labelled(folder), normal(folder)
    runs = []
    for number, (path, asset) in enumerate(zip(paths, assets_of(paths), strict=True), start=1):
        progress(f"reading {number}/{len(paths)} {asset}")
        runs.append(_logged(path, asset, plant))
    return Material(plant, tuple(runs), _logged(stream, stream.stem, plant) if stream else None)


def logged(signals: Signals, plant: Plant) -> Logged:
    """Write the log of signals."""
    return Logged(signals, log_of(signals, plant))


def _logged(path: Path, asset: str, plant: Plant) -> Logged:
    times, labels = times_and_labels(path)
    recording = Recording(asset, path, recognise(path))
    return logged(read(recording, plant, times, labels, path.parent.name), plant)


def judged(logs: Sequence[Logged], kit: Kit) -> list[Judged]:
    """Judge all logs by one kit."""
    return [one.judge(kit) for one in logs]


def percent_alarmed(found: Judged) -> float:
    """Return the percent of a run's rows that were in alarm."""
    return 100.0 * float(found.run.alarmed().mean())


def normal_rows(found: Sequence[Judged]) -> int:
    """Count the rows that are labelled normal."""
    return int(sum(np.count_nonzero(~one.run.labels) for one in found))
