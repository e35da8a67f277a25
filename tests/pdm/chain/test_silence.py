"""No data is an event about data: raised once, cleared by the next frame, nothing to a machine's alarm."""

import msgspec
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import GRID, START, LogRow, frames, plant_change, rows
from msgspec import Raw

from pdm.chain.detection import saving
from pdm.chain.detection.bank import Bank
from pdm.chain.step import step
from pdm.records.control import Maintenance, MaintenanceKind
from pdm.records.event import Event, Kind
from pdm.records.log import Controlled, LogRecord, Seat, Silence

SECONDS = 400


def silence(asset: str, since: int, time: int) -> Silence:
    """Return the record of one machine, silent since a second, for too long at another."""
    return Silence(
        seats=Raw(msgspec.msgpack.encode([Seat("", asset, "pump")])),
        seat=np.zeros(1, "<u4").tobytes(),
        since=np.array([START + since * GRID], "<i8").tobytes(),
        time=np.array([START + time * GRID], "<i8").tobytes(),
    )


def events_of(log: list[LogRecord], bank: Bank | None = None) -> list[Event]:
    """Run a log through `step`."""
    bank = bank or Bank()
    return [event for offset, record in enumerate(log) for event in step(bank, offset, record).events]


def with_gap(gap: tuple[int, int], fault_at: int | None = None) -> tuple[list[LogRow], list[LogRow]]:
    """Return what one machine delivers before and after a gap."""
    whole = rows(1, SECONDS, 3, fault_at)
    return [r for r in whole if r[1] < gap[0]], [r for r in whole if r[1] >= gap[1]]


@given(
    st.integers(20, 330),
    st.integers(5, 60),
    st.sampled_from([None, 150]),
    st.integers(1, 3),
    st.lists(st.integers(1, 40), min_size=1, max_size=4),
)
@settings(max_examples=25, deadline=None)
def test_a_silence_changes_no_event_of_the_machine(
    begin: int, length: int, fault_at: int | None, repeats: int, sizes: list[int]
) -> None:
    """With its record or without, an alarm is raised, kept and cleared by the same frames."""
    before, after = with_gap((begin, begin + length), fault_at)
    tail: list[LogRecord] = []
    at = turn = 0
    while at < len(after):
        tail.append(frames(after[at : at + sizes[turn % len(sizes)]]))
        at, turn = at + sizes[turn % len(sizes)], turn + 1
    head: list[LogRecord] = [plant_change(), frames(before)]
    quiet: list[LogRecord] = [silence("pump-0", begin, begin + 5)] * repeats
    events = events_of([*head, *quiet, *tail])
    assert [e for e in events if e.subject == "machine"] == events_of([*head, *tail])
    told = [(e.kind, e.revision, e.raised[11:19], e.time[11:19]) for e in events if e.subject == "data"]
    clock = [_clock(second) for second in (begin, begin + 5, begin + length)]
    assert told == [(Kind.RAISE, 1, clock[0], clock[1]), (Kind.CLEAR, 2, clock[0], clock[2])]


def test_what_is_written_again_after_a_crash_changes_nothing() -> None:
    """The monitor knows which silence is over, and a restored one goes on where the first stood."""
    before, after = with_gap((100, 200))
    log: list[LogRecord] = [plant_change(), frames(before), silence("pump-0", 100, 105), frames(after)]
    whole = [e for e in events_of(log) if e.subject == "data"]
    bank = Bank()
    first = events_of(log[:3], bank)
    saved, plants = saving.save(bank, 0), saving.save_plants(bank)
    restored = Bank()
    saving.load_plants(restored, plants, 2)
    saving.load(restored, 0, saved)
    restored.chunks.position[0] = 2
    rest: list[LogRecord] = [*log[1:], silence("pump-0", 100, 105)]
    second = [
        event for offset, record in enumerate(rest, 3) for event in step(restored, offset, record).events
    ]
    assert [e for e in [*first, *second] if e.subject == "data"] == whole
    assert [e.kind for e in whole] == [Kind.RAISE, Kind.CLEAR]


def test_data_that_come_after_all_clear_it_when_it_was_raised() -> None:
    """A buffer that is sent after an outage is older than the moment at which it was missed."""
    before, after = with_gap((100, 101))
    log: list[LogRecord] = [plant_change(), frames(before), silence("pump-0", 100, 160), frames(after)]
    raised, cleared = (e for e in events_of(log) if e.subject == "data")
    assert raised.time == cleared.time


def test_a_machine_in_maintenance_is_not_missed() -> None:
    """Somebody has said that it will be off: its silence is no event."""
    before, after = with_gap((100, 200))
    window = Maintenance(
        id="m",
        asset="pump-0",
        who="an engineer",
        kind=MaintenanceKind.REPAIR,
        begin=START + 90 * GRID,
        to=START + 190 * GRID,
        when=START,
    )
    log: list[LogRecord] = [
        plant_change(),
        frames(before),
        Controlled(0, window),
        silence("pump-0", 100, 105),
        frames(after),
    ]
    assert [e for e in events_of(log) if e.subject == "data"] == []


def _clock(second: int) -> str:
    seconds = START // GRID + second
    return f"{seconds // 3600 % 24:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
