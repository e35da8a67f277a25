"""The door for foreign points: their fields become readings by the rules, and are judged like any other."""

from collections.abc import Sequence

import numpy as np

from pdm.chain.acquisition.admit import Admission, Entry, Measured, duplicates, in_order, judge
from pdm.chain.acquisition.codes import distinct_codes, encoded
from pdm.chain.acquisition.columns import EMPTY, Array
from pdm.chain.acquisition.decode import shortened
from pdm.chain.acquisition.mapping import Fate, Target
from pdm.chain.acquisition.meaning import Refusal
from pdm.chain.acquisition.points import Points
from pdm.chain.acquisition.series import Series
from pdm.chain.acquisition.stranger import Reach
from pdm.chain.acquisition.survey import Names, survey_names
from pdm.records.quality import Quality
from pdm.records.reading import Reason, Rejection

_YEAR_NS = 365 * 86_400 * 1_000_000_000
_EARLY: Refusal = (Reason.OUT_OF_RANGE, "time is in 1970: is the precision of the timestamps the right one?")


def admit_points(
    points: Points, known: Series, now_ns: int, reaches: Reach | None = None, entry: Entry = None
) -> Admission:
    """Judge each field; the good ones are kept whatever is wrong beside them.

    reaches : for which machines the sender may deliver; all unless given
    entry   : what bounds the names that nobody declared, and whose they are; nothing unless given
    """
    if not len(points.code):
        return Admission(EMPTY, points.rejected, 0, points.ignored)
    codes, which = distinct_codes(points.code)
    fates = [known.fates[code] for code in codes.tolist()]
    meant = np.array([fate.target is not None for fate in fates])
    rows = np.flatnonzero(meant[which])
    names = _names([fate.target for fate in fates if fate.target], (np.cumsum(meant) - 1)[which[rows]])
    kept = EMPTY
    verdicts: list[tuple[int, Refusal]] = []
    if len(rows):
        seen = survey_names(names, known.plant, known.machine_class, reaches)
        kept, verdicts = judge(seen, _measured(points, rows), now_ns, entry)
    judged = [_rejection(points, int(rows[row]), known, refusal) for row, refusal in verdicts]
    unmeant = _unmeant(points, known, fates, which)
    ignored = points.ignored + len(points.code) - len(rows) - len(unmeant)
    return Admission(kept, in_order(points.rejected, judged, unmeant), duplicates(kept), ignored)


def _measured(points: Points, rows: Array) -> Measured:
    """Take what the rows say; a time in 1970 is a number of s, ms or us that was taken for another."""
    time = points.time[rows]
    early = np.flatnonzero((time >= 0) & (time < _YEAR_NS)).tolist()
    good = np.full(len(rows), int(Quality.GOOD), np.uint8)
    return Measured(time, points.value[rows], good, dict.fromkeys(early, _EARLY))


def _names(targets: Sequence[Target], which: Array) -> Names:
    """Name readings, of which `which` says the target, by machine and signal."""
    assets, machine = encoded([target.asset for target in targets])
    signals, signal = encoded([(target.channel, target.quantity, target.unit) for target in targets])
    return Names(assets, machine[which], signals, signal[which])


def _unmeant(points: Points, known: Series, fates: Sequence[Fate], which: Array) -> list[Rejection]:
    """Refuse the fields whose series alone decides."""
    refused = np.array([fate.refusal is not None for fate in fates])[which]
    return [
        _rejection(points, row, known, refusal)
        for row in np.flatnonzero(refused).tolist()
        if (refusal := fates[which[row]].refusal)
    ]


def _rejection(points: Points, row: int, known: Series, refusal: Refusal) -> Rejection:
    """Write the verdict on one field."""
    reason, detail = refusal
    field = known.points[int(points.code[row])].field
    return Rejection(int(points.place[row]), reason, shortened(f"field {field[:40]!r}: {detail}"))
