"""The cores of the stages: crashed anywhere and restored from their rows, they repeat and invent nothing."""

import random

import msgspec
import pytest
from blocks import end, flush
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import log, rows

from pdm.broker.topics import CONTROL, EVENTS, FRAMES
from pdm.chain.manipulation.flow import account
from pdm.plant.load import load
from pdm.records.block import Source
from pdm.records.control import Maintenance, MaintenanceKind
from pdm.records.event import Event
from pdm.records.flow import FLOW
from pdm.records.log import Controlled, LogRecord
from streams.align import TOPICS, AlignCore
from streams.core import Core, Message
from streams.monitor import AGENDA, MonitorCore

GRID = 1_000_000_000
START = 1_700_000_000 * GRID
ENCODE = msgspec.msgpack.encode
CONTROL_TOPIC = TOPICS.index(CONTROL)
SAID = Maintenance("m-1", "ann", 7, "pump-1", MaintenanceKind.REPAIR, START)


def crash(core: Core, fresh: Core) -> Core:
    """Lose a core, and restore another from what it had saved."""
    saved, cursor = core.rows(), core.cursor()
    fresh.restore(saved, cursor)
    return fresh


def monitor_run(payloads: list[bytes], crashes: set[int]) -> list[bytes]:
    """Feed a monitor, crashing it after some messages; returns its events without repeats."""
    core, events = MonitorCore(), dict[tuple[str, int], bytes]()
    for offset, payload in enumerate(payloads):
        for message in core.eat(0, offset, payload):
            event = msgspec.msgpack.decode(message.value, type=Event)
            assert message.topic == EVENTS
            assert events.setdefault((event.id, event.revision), message.value) == message.value
        if offset in crashes:
            restored = MonitorCore()
            crash(core, restored)
            core = restored
    return sorted(events.values())


PAYLOADS = [ENCODE(record) for record in log(rows(2, 260, seed=3, fault_at=150), [20])]
EXPECTED = monitor_run(PAYLOADS, set())


@given(st.sets(st.integers(0, len(PAYLOADS) - 1), max_size=4))
@settings(max_examples=15, deadline=None)
def test_a_monitor_that_crashes_anywhere_emits_the_same_events(crashes: set[int]) -> None:
    """The bank comes back as it was, byte for byte in what follows from it."""
    assert EXPECTED
    assert monitor_run(PAYLOADS, crashes) == EXPECTED


def align_run(flushes: list[list[bytes]], crashes: set[int]) -> list[bytes]:
    """Feed an align, crashing it between flushes; returns what it wrote to the log."""
    core, written = AlignCore(load(None)), list[bytes]()
    for offset, blocks in enumerate(flushes):
        for topic, block in enumerate(blocks):
            messages: list[Message] = core.eat(topic, offset, block)
            assert {message.topic for message in messages} <= {FRAMES}
            written += [message.value for message in messages]
        if offset in crashes:
            restored = AlignCore(load(None))
            crash(core, restored)
            core = restored
    return written


@given(st.sets(st.integers(0, 9), max_size=3), st.integers(0, 2**32))
@settings(max_examples=15, deadline=None)
def test_an_align_that_crashes_anywhere_writes_the_same_log(crashes: set[int], seed: int) -> None:
    """Open frames survive: nothing is closed twice, early or without its readings."""
    rng, source = random.Random(seed), Source("s", "", 2 * GRID)
    flushes = []
    for k in range(10):
        readings = [
            (f"pump-{m}", channel, START + (3 * k + rng.randint(0, 4)) * GRID, rng.random(), 3)
            for m in range(3)
            for channel in ("v-de", "t-oil", "flow")
        ]
        flushes.append([ENCODE(block) for block in flush(readings, source)])
    ends = end(["pump-0", "pump-1", "pump-2"], START + 99 * GRID, source)
    flushes.append([ENCODE(block) for block in ends])
    assert align_run(flushes, crashes) == align_run(flushes, set())


def test_what_people_say_is_copied_into_the_log_once_and_moves_the_cursor() -> None:
    """The control topic is one more topic of align, without readings and without a frontier."""
    core = AlignCore(load(None))
    (message,) = core.eat(CONTROL_TOPIC, 0, ENCODE(SAID))
    record = msgspec.msgpack.decode(message.value, type=LogRecord)
    assert (message.topic, record) == (FRAMES, Controlled(0, SAID))
    assert (core.cursor(), core.buffers.ledger.readings) == ([-1, -1, -1, -1, 0], 0)


def test_the_state_of_a_version_without_control_is_read() -> None:
    """align goes on with four topics and begins the fifth; monitor knows of no maintenance."""
    source = Source("s", "", 2 * GRID)
    core = AlignCore(load(None))
    for topic, block in enumerate(flush([("pump-1", "v-de", START, 1.0, 3)], source)):
        core.eat(topic, 0, ENCODE(block))
    rows, cursor = core.rows(), core.cursor()
    old = {name: msgspec.msgpack.decode(row) for name, row in rows.items()}
    old["0"][4] = old["0"][4][:32]
    old[FLOW]["newest"] = old[FLOW]["newest"][:4]
    fresh = AlignCore(load(None))
    fresh.restore({name: ENCODE(row) for name, row in old.items()}, cursor[:4])
    assert fresh.cursor() == [0, 0, 0, 0, -1]
    assert account(fresh.buffers) == account(core.buffers)
    monitor = MonitorCore()
    monitor.eat(0, 0, PAYLOADS[0])
    saved = monitor.rows()
    MonitorCore().restore({name: row for name, row in saved.items() if name != AGENDA}, monitor.cursor())


@pytest.mark.parametrize("payload", [b"", b"poison", b"\x93\x01\x02\x03"])
def test_what_cannot_be_read_is_refused_and_passed_over(payload: bytes) -> None:
    """A poison message leaves the core as it was, one offset further."""
    for core in (MonitorCore(), AlignCore(load(None))):
        with pytest.raises((msgspec.MsgspecError, ValueError)):
            core.eat(0, 0, payload)
        core.skip(0, 0)
        assert core.cursor()[0] == 0
    align = AlignCore(load(None))
    with pytest.raises((msgspec.MsgspecError, ValueError)):
        align.eat(CONTROL_TOPIC, 0, payload)
    align.skip(CONTROL_TOPIC, 0)
    assert (align.cursor()[CONTROL_TOPIC], account(align.buffers).put_aside) == (0, 1)
