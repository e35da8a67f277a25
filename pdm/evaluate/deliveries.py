"""One stream delivered in many ways: in order, shuffled with repeats, in hourly batches; cut anywhere."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from msgspec import structs
from numpy.random import Generator

from pdm.chain.acquisition.clock import closing
from pdm.chain.acquisition.columns import Array, Columns
from pdm.chain.acquisition.pack import TOPICS, Packed, frontier_only, pack
from pdm.evaluate.stream import Stream
from pdm.instant import NS
from pdm.records.block import Block, Machine, Source

REPEATED = 0.05
"""Share of the readings that are delivered twice."""
STRAGGLING = 0.0005
"""Share of the readings of which a copy with another value comes when the lateness is over."""
LATENESSES_NS = (2 * NS, 10 * NS, 60 * NS, 300 * NS)
HOUR_NS = 3_600 * NS
WILD = 0.1
"""Share of the hourly batches that are shuffled through and through."""
LARGEST = 40_000
"""Readings of the largest cut."""

Queues = list[list[Block]]
"""The blocks of each quantity topic, in the order of their offsets."""


class Delivery(NamedTuple):
    """How a stream came: what was sent over each topic, and what was done to it.

    repeated   : readings sent a second time
    heartbeats : times that a source told how long a machine was silent
    """

    queues: Queues
    source: Source
    repeated: int = 0
    heartbeats: int = 0


class Told(NamedTuple):
    """A source tells that of a machine nothing came behind an instant, up to another; in ns."""

    machine: Machine
    last: int
    watched: int


def in_order(stream: Stream, frame_ns: int) -> Delivery:
    """Deliver as declared: in the order of time, from a source that is never late, some 40,000 at once."""
    source, columns = Source("order"), stream.columns
    source = structs.replace(source, lateness_ns=0)
    pieces = [columns.rows(slice(at, at + LARGEST)) for at in range(0, len(columns), LARGEST)]
    return Delivery(_queues(pieces, source, columns, frame_ns), source)


def shuffled(stream: Stream, frame_ns: int, rng: Generator) -> Delivery:
    """Deliver out of order within the lateness, with repeats, copies that come too late, and heartbeats."""
    source = Source("shuffled", "", int(rng.choice(LATENESSES_NS)))
    columns = stream.columns
    again, behind = _some(rng, len(columns), REPEATED), _some(rng, len(columns), STRAGGLING)
    which = np.concatenate([np.arange(len(columns)), again, behind])
    comes = columns.time[which] + rng.integers(0, source.lateness_ns, len(which))
    comes[len(which) - len(behind) :] = columns.time[behind] + 2 * source.lateness_ns + 3 * NS
    order = np.argsort(comes, kind="stable")
    value = columns.value[which]
    value[len(which) - len(behind) :] += 1.0 + np.abs(columns.value[behind])
    sent = structs.replace(columns.rows(which), value=value).rows(order)
    beats = sorted(_heartbeats(stream, source, rng), key=lambda beat: beat.watched)
    at = np.searchsorted(comes[order], [beat.watched for beat in beats]).tolist()
    pieces: list[Columns | Told] = []
    for begin, end, beat in zip([0, *at], [*at, len(order)], [*beats, None], strict=True):
        pieces += _cut(sent.rows(slice(begin, end)), rng)
        pieces += [beat] if beat else []
    return Delivery(_queues(pieces, source, columns, frame_ns), source, len(again), len(beats))


def hourly(stream: Stream, frame_ns: int, rng: Generator) -> Delivery:
    """Deliver machine by machine an hour at once, channel by channel as an export is, one in ten shuffled."""
    source, columns = Source("hourly", "", HOUR_NS), stream.columns
    again = _some(rng, len(columns), REPEATED)
    which = np.concatenate([np.arange(len(columns)), again])
    machine, time = columns.machine[which], columns.time[which]
    begins = int(columns.time[0]) - rng.integers(0, HOUR_NS, len(columns.assets))
    hour = (time - begins[machine]) // HOUR_NS
    batch = hour * len(begins) + rng.permutation(len(begins))[machine]
    wild = (rng.random(int(batch.max()) + 1) < WILD)[batch]
    place = (
        rng.permutation(len(columns.channels))[columns.channel[which]]
        + (time - begins[machine] - hour * HOUR_NS) / HOUR_NS
    )
    place[len(columns) :] += rng.uniform(0.0, 0.05, len(again))
    place = np.where(wild, rng.uniform(0.0, len(columns.channels), len(which)), place)
    order = np.lexsort((place, batch))
    sent, batch = columns.rows(which[order]), batch[order]
    ends = [*np.flatnonzero(np.diff(batch)) + 1, len(sent)]
    pieces = [
        piece
        for begin, end in zip([0, *ends[:-1]], ends, strict=True)
        for piece in _cut(sent.rows(slice(begin, end)), rng)
    ]
    return Delivery(_queues(pieces, source, columns, frame_ns), source, len(again))


def _some(rng: Generator, count: int, share: float) -> Array:
    """Choose a share of the readings."""
    chosen: Array = np.flatnonzero(rng.random(count) < share)
    return chosen


def _heartbeats(stream: Stream, source: Source, rng: Generator) -> Iterator[Told]:
    """Tell now and then of a machine's gap, once all that came before it has come."""
    columns = stream.columns
    for gap in stream.gaps:
        m = columns.assets.index(gap.asset)
        times = columns.time[columns.machine == m]
        after = int(np.searchsorted(times, stream.start_ns + gap.begin * NS))
        if gap.channel or not 0 < after < len(times):
            continue
        last, following = int(times[after - 1]), int(times[after])
        begin = last + source.lateness_ns
        for watched in sorted(rng.integers(begin, max(following, begin + 1), 3).tolist()):
            if following > begin:
                yield Told(Machine(gap.asset, columns.classes[m]), last, watched)


def _cut(columns: Columns, rng: Generator) -> Iterator[Columns]:
    """Cut a stream anywhere, into pieces of one reading to `LARGEST`, small ones as often as large ones."""
    at = 0
    while at < len(columns):
        size = int(np.exp(rng.uniform(0.0, np.log(LARGEST))))
        yield columns.rows(slice(at, at + size))
        at += size


def _queues(
    pieces: Sequence[Columns | Told] | Sequence[Columns], source: Source, whole: Columns, frame_ns: int
) -> Queues:
    """Pack each piece as a flush of its own, and close the last frames of every machine behind them."""
    packed = [one for piece in pieces for one in _packed(piece, source, frame_ns)]
    newest = np.zeros(len(whole.assets), np.int64)
    np.maximum.at(newest, whole.machine, whole.time)
    ends = {
        Machine(asset, machine_class): closing(int(newest[m]), frame_ns, source.lateness_ns)
        for m, (asset, machine_class) in enumerate(zip(whole.assets, whole.classes, strict=True))
    }
    return _by_topic([*packed, *frontier_only(ends, source, 1, 0)])


def _packed(piece: Columns | Told, source: Source, frame_ns: int) -> list[Packed]:
    if isinstance(piece, Columns):
        return pack(piece, source, 1, 0)
    frontier = {piece.machine: closing(piece.last, frame_ns, source.lateness_ns)}
    return frontier_only(frontier, source, 1, 0, {piece.machine: piece.watched})


def _by_topic(packed: Sequence[Packed]) -> Queues:
    return [[one.block for one in packed if one.topic == topic] for topic in TOPICS]
