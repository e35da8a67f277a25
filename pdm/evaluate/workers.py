"""The workers of one partition without Kafka, crashed and restored anywhere; what they wrote, as a log."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from pdm.chain.detection import saving as banks
from pdm.chain.detection.bank import Bank
from pdm.chain.manipulation import saving as frames
from pdm.chain.manipulation.align import align
from pdm.chain.manipulation.buffers import Buffers
from pdm.chain.step import step
from pdm.evaluate.deliveries import Queues
from pdm.plant.spec import Plant
from pdm.records.event import Event
from pdm.records.log import LogRecord

AHEAD = 8
"""Blocks that one topic is read in a row, at most, while the others wait."""
SAVES = 12
"""Times that state is saved while a log is read, about."""


class Crashes(NamedTuple):
    """How often each worker is to be crashed, and the draws that say where."""

    number: int
    rng: Generator


class Aligned(NamedTuple):
    """The ordered log, with what a crash made `align` write again, and how many readings were late."""

    log: list[LogRecord]
    late: int


def aligned(plant: Plant, queues: Queues, crashes: Crashes | None = None) -> Aligned:
    """Run `align` over the blocks of four topics.

    With crashes, topics are read in turns drawn anew, state is saved now and then, and after a crash a new
    worker takes it over and reads again what was not acknowledged.
    """
    buffers, log, late, at = Buffers(plant), list[LogRecord](), 0, [0] * len(queues)
    planned = _planned(crashes, sum(map(len, queues)))
    kept: tuple[dict[int, bytes], list[int]] = ({}, buffers.chunks.cursor().tolist())
    done = 0
    while any(place < len(queue) for place, queue in zip(at, queues, strict=True)):
        for topic in _turn(at, queues, crashes):
            records, outcome = align(buffers, topic, at[topic], queues[topic][at[topic]])
            log += records
            late += outcome.late
            at[topic] += 1
            done += 1
        if planned.save(done):
            chunks = buffers.chunks.due(buffers.registry.chunks)
            rows = {**kept[0], **{chunk: frames.save(buffers, chunk) for chunk in chunks}}
            kept = rows, buffers.chunks.cursor().tolist()
        if planned.crash(done):
            buffers = Buffers(plant)
            for chunk, data in sorted(kept[0].items()):
                frames.load(buffers, chunk, data)
            buffers.chunks.position[:] = np.array(kept[1], np.int64)
            at = [newest + 1 for newest in kept[1][: len(queues)]]
    return Aligned(log, late)


def judged(log: Sequence[LogRecord], crashes: Crashes | None = None) -> list[Event]:
    """Run `step` over a log; with crashes, it is saved, restored, and reads again likewise."""
    bank, events, at, done = Bank(), list[Event](), 0, 0
    planned = _planned(crashes, len(log))
    kept: tuple[dict[int, bytes], bytes, int] = ({}, b"", -1)
    while at < len(log):
        events += step(bank, at, log[at]).events
        at, done = at + 1, done + 1
        if planned.save(done):
            chunks = bank.chunks.due(bank.registry.chunks)
            rows = {**kept[0], **{chunk: banks.save(bank, chunk) for chunk in chunks}}
            kept = rows, banks.save_plants(bank), int(bank.chunks.cursor()[0])
        if planned.crash(done):
            bank = _restored(*kept)
            at = kept[2] + 1
    return events


def _restored(rows: dict[int, bytes], plants: bytes, cursor: int) -> Bank:
    bank = Bank()
    if plants:
        banks.load_plants(bank, plants, cursor)
    for chunk, data in sorted(rows.items()):
        banks.load(bank, chunk, data)
    bank.chunks.position[0] = cursor
    return bank


class _Plan(NamedTuple):
    """After how many messages to save and to crash."""

    save: Callable[[int], bool]
    crash: Callable[[int], bool]


def _planned(crashes: Crashes | None, messages: int) -> _Plan:
    """Draw where a worker is saved and where it is crashed; nowhere without crashes."""
    if crashes is None:
        return _Plan(lambda _done: False, lambda _done: False)
    draw = crashes.rng.integers
    saves, ends = (sorted(draw(1, max(messages, 2), count).tolist()) for count in (SAVES, crashes.number))
    return _Plan(_passed(saves), _passed(ends))


def _passed(marks: list[int]) -> Callable[[int], bool]:
    """Return what tells, once for each, that a mark has been passed."""

    def passed(done: int) -> bool:
        hit = bool(marks) and done >= marks[0]
        while marks and done >= marks[0]:
            del marks[0]
        return hit

    return passed


def _turn(at: list[int], queues: Queues, crashes: Crashes | None) -> list[int]:
    """Choose the topics of the next few blocks: one after the other in turn, or one some blocks ahead."""
    if crashes is None:
        return [topic for topic, queue in enumerate(queues) if at[topic] < len(queue)]
    waiting = [topic for topic, queue in enumerate(queues) if at[topic] < len(queue)]
    topic = int(crashes.rng.choice(waiting))
    return [topic] * min(int(crashes.rng.integers(1, AHEAD + 1)), len(queues[topic]) - at[topic])
