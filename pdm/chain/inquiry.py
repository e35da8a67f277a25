"""One frame judged as `step` judges it, and explained whatever it changed."""

import numpy as np
from msgspec import Struct

from models import alarm
from pdm.chain.detection.bank import Bank
from pdm.chain.detection.concern import concern
from pdm.chain.detection.decode import decode, discover
from pdm.chain.detection.scan import ASKED, PAUSED, Array, scan
from pdm.chain.step import told
from pdm.records.event import Event
from pdm.records.log import Frames


class Judged(Struct, frozen=True):
    """What the last row of a record came to; the bank is as it was after it.

    machine : its place in the bank       paused : whether it fell into a maintenance
    parts   : (width,) PART of its channels, see `pdm.chain.detection.scan`
    event   : the event it made, None where it changed no alarm
    """

    machine: int
    paused: bool
    score: float
    parts: Array
    event: Event | None


def inquire(bank: Bank, offset: int, record: Frames) -> Judged:
    """Judge a record whose last row is asked for, in order, as `pdm.chain.step` would.

    raises ValueError where its arrays do not fit each other, or its last row has been judged before
    """
    rows = concern(bank, decode(bank, offset, record))
    marks = rows.marks.copy() if len(rows.marks) else np.zeros(len(rows.time), np.uint8)
    marks[-1] |= ASKED
    rows, found, start, n = rows._replace(marks=marks), bank.found(len(rows.time)), 0, 0
    news: dict[int, Event] = {}
    while start < len(rows.time):
        went_to, n = scan(bank.tables, bank.params, rows, found, start, bank.widest)
        changed = np.flatnonzero(found.transitions["code"][:n] != alarm.NONE).tolist()
        news = {i: told(bank, rows, found, i)[1] for i in changed}
        if went_to == start and not discover(bank, rows):
            raise ValueError("a row of this record cannot be judged")
        start = went_to
    bank.chunks.position[0] = max(bank.chunks.position[0], offset)
    entry = found.transitions[n - 1]
    if n == 0 or entry["row"] != len(rows.time) - 1:
        raise ValueError("the last row of this record has been judged before")
    return Judged(
        machine=int(entry["machine"]),
        paused=bool(marks[-1] & PAUSED),
        score=float(found.scores[-1]),
        parts=found.parts[entry["part"] : entry["part"] + entry["width"]].copy(),
        event=news.get(n - 1),
    )
