"""Maintenance in the log: whatever the cut and however often it restarts, it means the same."""

import random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import frames, log, rows
from saying import after, clock, run, second, spoken, window

from pdm.chain.detection.bank import Bank
from pdm.chain.detection.saving import load, load_agenda, load_plants, save, save_agenda, save_plants
from pdm.chain.standing import standing
from pdm.chain.step import step
from pdm.records.control import Control, MaintenanceEnd, MaintenanceKind
from pdm.records.event import Kind
from pdm.records.log import Controlled
from pdm.records.status import Condition

ROWS = rows(machines=2, seconds=420, seed=5, fault_at=150)


def end(to: float | None, of: str = "m-1") -> MaintenanceEnd:
    """End or cancel it."""
    return MaintenanceEnd(f"end of {of}", "ann", 0, "pump-0", of, None if to is None else second(to))


WITHOUT = run(Bank(), log(ROWS, [1]))
RAISED = next(event.time[11:19] for event in WITHOUT if event.kind is Kind.RAISE)


def test_without_maintenance_the_fault_raises_one_alarm() -> None:
    """What the other tests compare with."""
    assert after(WITHOUT) == [("raise", RAISED, "")]
    assert clock(150) < RAISED < clock(200)


def test_a_window_announced_before_closes_the_alarm_at_its_first_frame_and_raises_nothing() -> None:
    """From 200 to 300 nobody judges, and the alarm ends with a reason."""
    events = run(Bank(), spoken(log(ROWS, [1]), (10, window(200, 300))))
    assert after(events)[:2] == [("raise", RAISED, ""), ("clear", clock(200), "maintenance: repair")]
    assert [one for one in after(events)[2:] if one[1] < clock(300)] == []


def test_a_new_baseline_begins_after_a_repair() -> None:
    """Learning begins anew with the first frame after it; only the limits of the plant file judge before."""
    bank = Bank()
    events = run(bank, spoken(log(ROWS, [1]), (10, window(200, 300))))
    machine = bank.tables.watch.machines.drift
    assert machine["epoch"][:2].tolist() == [1, 0]
    assert all(event.cause == "limit" for event in events if event.time[11:19] > clock(300))


def test_an_inspection_changes_no_baseline_and_the_alarm_comes_back() -> None:
    """The machine is what it was: what was wrong is still wrong two frames after it."""
    bank = Bank()
    events = run(bank, spoken(log(ROWS, [1]), (10, window(200, 300, kind="inspection"))))
    assert bank.tables.watch.machines.drift["epoch"][0] == 0
    assert after(events)[2] == ("raise", clock(301), "")


def test_nothing_shown_in_maintenance_is_learnt() -> None:
    """Values of another world in the window leave no trace: as if the machine had sent nothing usable."""
    wild = [
        (asset, s, tuple((c, v * 9.0) for c, v in cells) if asset == "pump-0" and 200 <= s < 300 else cells)
        for asset, s, cells in ROWS
    ]
    said = (10, window(200, 300, kind="inspection"))
    banks = Bank(), Bank()
    found = [run(bank, spoken(log(some, [1]), said)) for bank, some in zip(banks, (ROWS, wild), strict=True)]
    assert found[0] == found[1]
    drift = [bank.tables.watch.slots.drift[: bank.used].tobytes() for bank in banks]
    assert drift[0] == drift[1]


def test_a_window_that_arrives_late_takes_effect_from_its_place_in_the_log() -> None:
    """The alarm was raised, and is closed by the record itself at the last frame."""
    records = spoken(log(ROWS, [1]), (250, window(100, 300)))
    events = run(Bank(), records)
    assert after(events)[:2] == [("raise", RAISED, ""), ("clear", clock(249), "maintenance: repair")]


def test_a_repair_told_of_after_its_end_renews_with_the_next_frame() -> None:
    """Once, whatever comes later."""
    bank = Bank()
    events = run(bank, spoken(log(ROWS, [1]), (350, window(100, 300))))
    assert after(events)[1] == ("clear", clock(349), "maintenance: repair")
    assert bank.tables.watch.machines.drift["epoch"][0] == 1


def test_a_machine_that_is_switched_off_is_closed_by_the_clock_on_the_wall() -> None:
    """Its last frame was before the beginning, and no other will come for a while."""
    live = [row for row in ROWS if row[1] < 200]
    records = spoken(log(live, [1]), (200, window(230, None, when=second(231))))
    bank = Bank()
    events = run(bank, records)
    assert after(events)[1:] == [("clear", clock(230), "maintenance: repair")]
    shown = {one.asset: one.condition for one in standing(bank, 9)}
    assert shown["pump-0"] is Condition.MAINTENANCE
    assert shown["pump-1"] is not Condition.MAINTENANCE


def test_an_alarm_that_outlasts_a_window_without_frames_ends_with_the_first_frame_after_it() -> None:
    """Nothing of the machine that was can stand against the machine that is."""
    silent = [row for row in ROWS if not 200 <= row[1] < 300]
    events = run(Bank(), spoken(log(silent, [1]), (10, window(220, 280))))
    assert after(events)[1] == ("clear", clock(300), "maintenance: repair")


def test_the_end_of_an_open_window_counts_and_a_cancelled_one_never_was() -> None:
    """Ended at 280: judged again from there. Cancelled in time: no trace in the events."""
    ended = run(Bank(), spoken(log(ROWS, [1]), (10, window(200, None)), (280, end(280))))
    assert ended == run(Bank(), spoken(log(ROWS, [1]), (10, window(200, 280))))
    assert run(Bank(), spoken(log(ROWS, [1]), (10, window(200, 300)), (20, end(None)))) == WITHOUT


def test_the_same_twice_is_one() -> None:
    """A copy that `align` writes again, and an id that comes again with other words."""
    once = run(Bank(), spoken(log(ROWS, [1]), (10, window(200, 300))))
    records = spoken(log(ROWS, [1]), (10, window(200, 300)), (15, window(50, 400)))
    at = next(k for k, record in enumerate(records) if isinstance(record, Controlled))
    assert run(Bank(), [*records[: at + 9], records[at], *records[at + 9 :]]) == once


def test_maintenance_of_one_machine_is_nothing_to_the_others() -> None:
    """And of a machine that was never heard of, to none."""
    events = run(Bank(), spoken(log(ROWS, [1]), (10, window(0, None, asset="pump-1"))))
    assert events == WITHOUT
    assert run(Bank(), spoken(log(ROWS, [1]), (10, window(0, None, run="replay")))) == WITHOUT


said = st.lists(
    st.tuples(
        st.integers(0, 400),
        st.integers(0, 400),
        st.one_of(st.none(), st.integers(1, 200)),
        st.sampled_from(list(MaintenanceKind)),
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(["open", "end", "cancel"]),
    ),
    max_size=6,
)


@given(said, st.lists(st.integers(1, 90), min_size=1, max_size=4), st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_a_restart_anywhere_gives_the_events_that_were_to_come(
    told: list[tuple[int, int, int | None, MaintenanceKind, str, str]], cut: list[int], seed: int
) -> None:
    """Saved anywhere, read again from its cursor or before, byte for byte."""
    speaking: list[tuple[int, Control]] = []
    for at, begin, length, kind, name, what in sorted(told, key=lambda one: one[0]):
        to = None if length is None else begin + length
        closing = end(None if what == "cancel" else float(at), name)
        speaking.append((at, window(begin, to, name, kind=kind) if what == "open" else closing))
    records, rng = spoken(log(ROWS, cut), *speaking), random.Random(seed)
    expected = [msgspec.json.encode(event) for event in run(Bank(), records)]
    stop, before = rng.randint(1, len(records)), Bank()
    first = run(before, records[:stop])
    chunks = {chunk: save(before, chunk) for chunk in before.chunks.due(rng.randint(0, 9))}
    plants, agenda, cursor = save_plants(before), save_agenda(before), int(before.chunks.cursor()[0])
    bank = Bank()
    load_plants(bank, plants, cursor)
    load_agenda(bank, agenda, cursor)
    for chunk, data in chunks.items():
        load(bank, chunk, data)
    rest = run(bank, records, max(1, cursor + 1 - rng.randint(0, 3)))
    assert sorted({msgspec.json.encode(event) for event in [*first, *rest]}) == sorted(set(expected))


@given(st.lists(st.integers(1, 90), min_size=1, max_size=4))
@settings(max_examples=8, deadline=None)
def test_any_cut_behind_a_record_gives_the_same_events(cut: list[int]) -> None:
    """What was announced before the first frame means the same however the frames are cut."""
    said = [Controlled(0, window(200, 300)), Controlled(1, window(350, None, "m-2", kind="inspection"))]
    expected = run(Bank(), [*said, *log(ROWS, [1])])
    found = run(Bank(), [*said, *log(ROWS, cut)])
    assert sorted(map(msgspec.json.encode, found)) == sorted(map(msgspec.json.encode, expected))


def test_a_plain_record_of_frames_costs_no_mark() -> None:
    """Where nothing is announced the kernel gets an empty array."""
    bank = Bank()
    step(bank, 0, frames(ROWS[:4]))
    assert bank.agenda.windows == {}
