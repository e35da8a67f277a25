"""Readings of the history as records of the ordered log again: the frames of one machine."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
import numpy as np
from msgspec import Raw

from pdm.history.rows import Array, Signal
from pdm.records.block import Channel
from pdm.records.log import Frames, Seat

_ENCODE = msgspec.msgpack.Encoder().encode


class Column(NamedTuple):
    """Readings of one machine by time and signal; arrays are (n,), `code` an index into `signals`."""

    signals: list[Signal]
    code: Array
    time: Array
    value: Array
    quality: Array
    offset: Array


def frames_of(
    cells: Column, seat: tuple[str, str, str], after: int, before: int, grid_ns: int
) -> Iterator[tuple[int, Frames]]:
    """Yield the frames with offsets between two others as one record, at the last of them; or nothing.

    seat : run, asset and class of the machine
    """
    part = np.flatnonzero((cells.offset > after) & (cells.offset < before))
    if not len(part):
        return
    time, code = cells.time[part], cells.code[part]
    channels = [Channel(one.channel, one.quantity, one.unit) for one in cells.signals]
    order = sorted(range(len(channels)), key=channels.__getitem__)
    place = np.empty(len(order), np.uint16)
    place[order] = np.arange(len(order), dtype=np.uint16)
    begins = np.flatnonzero(np.concatenate(([True], time[1:] != time[:-1])))
    yield (
        int(cells.offset[part].max()),
        Frames(
            channels=Raw(_ENCODE([channels[c] for c in order])),
            seats=Raw(_ENCODE([Seat(*seat)])),
            seat=np.zeros(len(begins), "<u4").tobytes(),
            time=time[begins].astype("<i8").tobytes(),
            width=np.diff(np.append(begins, len(time))).astype("<u2").tobytes(),
            channel=place[code].astype("<u2").tobytes(),
            value=cells.value[part].astype("<f8").tobytes(),
            quality=cells.quality[part].astype("u1").tobytes(),
            grid_ns=grid_ns,
            accepted_ns=0,
        ),
    )
