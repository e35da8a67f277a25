"""Truncation: a run that ends early gives the same scores and events up to there."""

import numpy as np
from msgspec import Struct

from pdm.chain.detection.kit import Kit
from pdm.evaluate.judging import Judged
from pdm.evaluate.material import Material, logged
from pdm.instant import nanoseconds
from pdm.records.event import Event


class Truncation(Struct, frozen=True):
    """Cuts tried, and those after which nothing before the cut had changed, byte for byte."""

    cuts: int
    equal: int
    causal: bool


def truncation(material: Material, kit: Kit, seed: int = 0) -> Truncation:
    """End each run at one random row and compare with the whole."""
    rng = np.random.default_rng(seed)
    equal = 0
    for run in material.runs:
        whole = run.judge(kit)
        end = int(rng.integers(1, len(run.signals) + 1))
        part = logged(run.signals.cut(0, end), material.plant).judge(kit)
        equal += agree(part, whole, material.plant.frame_ns)
    return Truncation(len(material.runs), equal, equal == len(material.runs))


def agree(part: Judged, whole: Judged, frame_ns: int) -> bool:
    """Tell whether a run cut short has the scores and the events of the whole up to its end.

    The last frame may be cut in the middle where frames hold several rows, so it is left out.
    """
    until = int(part.run.times[-1]) // frame_ns * frame_ns
    rows = int(np.searchsorted(part.run.times, until))

    def before(one: Judged) -> list[Event]:
        return [event for event in one.events if nanoseconds(event.time) < until]

    same = part.scores[:rows].tobytes() == whole.scores[:rows].tobytes()
    return same and before(part) == before(whole)
