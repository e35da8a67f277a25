"""What the historian takes of the log: readings, and what was said; a silence is neither."""

import msgspec
import numpy as np
from histories import PLACE
from logs import START, frames, plant_change, rows
from msgspec import Raw

from pdm.history.intake import Intake
from pdm.records.log import Seat, Silence


def test_a_silence_moves_the_offset_and_is_kept_nowhere() -> None:
    """It may name many machines, and nothing is judged by it when one of them is judged again."""
    silence = Silence(
        seats=Raw(msgspec.msgpack.encode([Seat("", "pump-0"), Seat("", "pump-1")])),
        seat=np.arange(2, dtype="<u4").tobytes(),
        since=np.full(2, START, "<i8").tobytes(),
        time=np.full(2, START + 60, "<i8").tobytes(),
    )
    intake = Intake({})
    for offset, record in enumerate((plant_change(), frames(rows(2, 5, seed=1)), silence)):
        intake.eat(PLACE, offset, msgspec.msgpack.encode(record))
    assert [offset for _partition, offset, _record in intake.notes.said] == [0]
    assert intake.offsets[PLACE] == 3
