"""A machine brought back to what was known of it then, and its frames judged again up to an instant."""

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np
from msgspec import Struct

from pdm.chain.detection import saving
from pdm.chain.detection.bank import Bank
from pdm.chain.inquiry import Judged, inquire
from pdm.chain.step import step
from pdm.history.manifest import Memory
from pdm.history.rows import Origin, Rows
from pdm.records.log import Controlled, LogRecord
from pdm.why.frames import Column, frames_of

_RECORD = msgspec.msgpack.Decoder(LogRecord)
Said = tuple[int, LogRecord]


class Then(Struct, frozen=True):
    """A bank that holds one machine as it was after the last frame up to an instant.

    judged : that frame, None where the machine has none at or before it
    time   : its data time in ns       offset : its place in the log
    """

    bank: Bank
    judged: Judged | None
    time: int
    offset: int


def again(memory: Memory, asset: str, run: str, rows: Rows) -> Then:
    """Judge a machine's frames again.

    rows : its readings after the snapshot, up to and with the frame that is asked for
    """
    bank, said = Bank(), [one for one in _said(memory) if _concerns(one[1], asset, run)]
    after = memory.snapshot.offset if memory.snapshot else -1
    for offset, record in said:
        if offset <= after:
            step(bank, offset, record)
    if memory.snapshot:
        saving.load(bank, 0, memory.snapshot.state)
    cells = _live(rows, after, memory.snapshot.time if memory.snapshot else None)
    if not len(cells.time):
        return Then(bank, None, 0, after)
    later = [one for one in said if one[0] > after]
    return _through(bank, cells, later, (run, asset, memory.machine_class))


def _through(bank: Bank, cells: Column, said: Sequence[Said], seat: tuple[str, str, str]) -> Then:
    """Go through readings and what was said between them, in the order of the log."""
    last = int(cells.offset.max())
    bounds = [offset for offset, _ in said if offset < last]
    begin = -1
    for offset, record in said:
        if offset >= last:
            break
        for part in frames_of(cells, seat, begin, offset, bank.kit.plant.frame_ns):
            step(bank, *part)
        step(bank, offset, record)
        begin = offset
    (final,) = frames_of(cells, seat, bounds[-1] if bounds else -1, last + 1, bank.kit.plant.frame_ns)
    return Then(bank, inquire(bank, *final), int(cells.time.max()), last)


def _said(memory: Memory) -> Iterator[Said]:
    for offset, record in memory.said:
        yield offset, _RECORD.decode(record)


def _concerns(record: LogRecord, asset: str, run: str) -> bool:
    """Tell whether a record is about all machines, or about this one."""
    if isinstance(record, Controlled):
        about = getattr(record.said, "asset", asset), getattr(record.said, "run", run)
        return about == (asset, run)
    return True


def _live(rows: Rows, after: int, time: int | None) -> Column:
    """Choose what alarms were judged by, in the order of the log, and what the state does not have yet."""
    column = rows.columns
    kept = (column["origin"] == Origin.LIVE) & (column["offset"] > after)
    if time is not None:
        kept &= column["time"] > time
    chosen = rows.take(np.flatnonzero(kept))
    order = np.lexsort((chosen.code, chosen.columns["time"]))
    some = chosen.take(order)
    names = ("time", "value", "quality", "offset")
    return Column(some.signals, some.code, *(some.columns[name] for name in names))
