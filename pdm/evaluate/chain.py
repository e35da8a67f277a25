"""Recorded files through the pure chain, as `pdmctl replay --offline` runs them: files in, events out."""

from collections.abc import Callable, Sequence
from pathlib import Path

from pdm.plant.spec import Plant
from pdm.records.event import Event
from pdm.replay import offline
from pdm.replay.layout import recognise
from pdm.replay.recording import Recording, assets_of


def events_of(
    files: Sequence[Path], plant: Plant, progress: Callable[[str], None] = lambda _line: None
) -> list[Event]:
    """Return the events of recorded files, each its own in-order source and asset, see `assets_of`.

    progress : called with a line of text at each file, and if readings were refused
    """
    recordings = [
        Recording(asset, path, recognise(path)) for asset, path in zip(assets_of(files), files, strict=True)
    ]
    summary, events = offline.replay(plant, recordings, progress)
    if summary.rejected:
        progress(f"{summary.rejected} of {summary.readings} readings were refused")
    return events
