"""How well faults are found: the whole protocol on the SKAB recordings named by PDM_DATA."""

import os
from pathlib import Path

from msgspec import Struct

from bench.progress import say
from pdm.evaluate.chain import events_of
from pdm.evaluate.detection import Detection, detection
from pdm.evaluate.protocol import Protocol, protocol
from pdm.plant.load import load


class Result(Struct, frozen=True):
    """The basic figures, and the protocol."""

    detection: Detection
    protocol: Protocol


def run(seed: int) -> Result:
    """Evaluate what ships; raises SystemExit where the recordings are not there."""
    folder = Path(os.environ.get("PDM_DATA", "")) / "skab"
    if not os.environ.get("PDM_DATA") or not folder.is_dir():
        raise SystemExit("needs the SKAB recordings: set PDM_DATA to the folder that holds skab/")
    plant = load(None)
    basic = detection(folder, lambda files: events_of(files, plant, say))
    return Result(basic, protocol(folder, plant, seed, progress=say))
