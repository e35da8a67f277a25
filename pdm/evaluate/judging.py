"""Signals through the pure chain with any kit, once or many times: alarms and the score of each row."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from pdm.chain.acquisition.clock import closing
from pdm.chain.acquisition.pack import TOPICS, Packed, frontier_only, pack
from pdm.chain.detection.bank import Bank
from pdm.chain.detection.kit import Kit
from pdm.chain.manipulation.align import align
from pdm.chain.manipulation.buffers import Buffers
from pdm.chain.step import step
from pdm.evaluate.detection import intervals
from pdm.evaluate.run import Array, Run
from pdm.evaluate.signals import Signals
from pdm.plant.spec import Plant
from pdm.records.block import Machine, Source
from pdm.records.event import Event
from pdm.records.log import Frames, LogRecord, PlantChange


class Judged(Struct, frozen=True):
    """What the chain made of one machine's signals.

    run    : its labels and alarms
    scores : (n,) score of each row, NaN where none was given
    events : in the order of the log
    """

    run: Run
    scores: Array
    events: tuple[Event, ...]


def log_of(signals: Signals, plant: Plant) -> list[LogRecord]:
    """Write the ordered log of one machine, delivered in order, up to its very last frame."""
    source, buffers = Source(signals.asset, "", 0), Buffers(plant)
    packed = pack(signals.columns(), source, 1, 0)
    if len(signals):
        end = closing(int(signals.times[-1]), plant.frame_ns, 0)
        packed += frontier_only({Machine(signals.asset, signals.machine_class): end}, source, 1, 0)
    return _aligned(buffers, packed)


def judge(signals: Signals, log: Sequence[LogRecord], kit: Kit) -> Judged:
    """Judge a log of `log_of` by a kit, whatever plant file the log itself names."""
    bank, events = Bank(), list[Event]()
    times, scores = list[Array](), list[Array]()
    for offset, record in enumerate(log):
        if isinstance(record, PlantChange):
            bank.wear(kit)
            continue
        taken = step(bank, offset, record)
        events += taken.events
        if isinstance(record, Frames):
            times.append(np.frombuffer(record.time, "<i8"))
            scores.append(taken.scores)
    run = Run(signals.asset, signals.times, signals.labels, intervals(events))
    return Judged(run, _on_rows(signals.times, times, scores, kit.plant.frame_ns), tuple(events))


def _aligned(buffers: Buffers, packed: Sequence[Packed]) -> list[LogRecord]:
    offsets, found = [0] * len(TOPICS), []
    for one in packed:
        topic = TOPICS.index(one.topic)
        records, _ = align(buffers, topic, offsets[topic], one.block)
        offsets[topic] += 1
        found += records
    return found


def _on_rows(rows: Array, times: Sequence[Array], scores: Sequence[Array], frame_ns: int) -> Array:
    """Give each row the score of its frame."""
    found = np.full(len(rows), np.nan)
    if times:
        at, score = np.concatenate(times), np.concatenate(scores)
        place = np.minimum(np.searchsorted(at, rows // frame_ns * frame_ns), len(at) - 1)
        hit = at[place] == rows // frame_ns * frame_ns
        found[hit] = score[place[hit]]
    return found
