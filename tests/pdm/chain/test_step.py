"""`step`: any cut, any replay and any restart of the log give the same events, byte for byte."""

import random

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import PLANT, frames, log, plant_change, rows
from msgspec import structs

from pdm.chain.detection.bank import Bank
from pdm.chain.detection.saving import load, load_plants, save, save_plants
from pdm.chain.step import step
from pdm.errors import KitError
from pdm.records.event import Event, Kind, Severity
from pdm.records.log import LogRecord

sizes = st.lists(st.integers(1, 120), min_size=2, max_size=5)
ROWS = rows(machines=2, seconds=330, seed=5, fault_at=180)


def run(bank: Bank, records: list[LogRecord], start: int = 0) -> list[Event]:
    """Judge records from the offset `start` on."""
    return [event for k, record in enumerate(records) if k >= start for event in step(bank, k, record).events]


def encoded(events: list[Event]) -> list[bytes]:
    """Write events canonically; machines are independent, so only the order within one counts."""
    return sorted(msgspec.json.encode(event, order="deterministic") for event in events)


EXPECTED = encoded(run(Bank(), log(ROWS, [3])))


def test_a_growing_vibration_raises_one_alarm_that_names_its_channel() -> None:
    """The faulty machine gets an alarm with evidence in SI; its healthy sisters get none."""
    events = run(Bank(), log(ROWS, [3]))
    assert {event.asset for event in events} == {"pump-0"}
    assert [event.kind for event in events].count(Kind.RAISE) == 1
    first = events[0].evidence[0]
    assert (first.channel, first.unit, first.detector) == ("de-velocity", "m/s", "drift")
    assert first.value > (first.baseline or 0) > 1e-3


def test_crossing_the_critical_limit_makes_the_alarm_critical() -> None:
    """A plant limit counts whatever the statistics say, and the alarm never gets milder."""
    severities = [event.severity for event in run(Bank(), log(ROWS, [3]))]
    assert severities[-1] == Severity.CRITICAL
    assert severities == sorted(severities, key=list(Severity).index)


def test_a_score_that_creeps_past_three_is_reported_in_that_very_frame() -> None:
    """A warning becomes an alarm when its score is one, though it has not doubled; and only once."""
    creeping = [
        (
            asset,
            second,
            tuple((c, v * (1.0 + 0.0008 * max(0, second - 200)) if c == 1 else v) for c, v in cells),
        )
        for asset, second, cells in rows(machines=1, seconds=500, seed=5)
    ]
    bank, scores, events = Bank(), [0.0], []
    for k, record in enumerate(log(creeping, [1])):
        taken = step(bank, k, record)
        events += [(max(scores), event) for event in taken.events]
        scores += taken.scores.tolist()
    alarms = [(before, event) for before, event in events if event.severity is Severity.ALARM]
    assert [event.severity for _, event in events[:-1]] == [Severity.WARNING] * (len(events) - 1)
    ((before, risen),) = alarms
    assert before < 3.0 <= risen.score < 3.1
    assert (risen.kind, risen.id) == (Kind.UPDATE, events[0][1].id)


@given(sizes)
@settings(max_examples=10, deadline=None)
def test_any_cut_of_the_log_gives_the_same_events(cut: list[int]) -> None:
    """It does not matter how many rows share a record."""
    assert encoded(run(Bank(), log(ROWS, cut))) == EXPECTED


@given(sizes, st.integers(0, 2**32))
@settings(max_examples=10, deadline=None)
def test_a_restart_from_saved_chunks_gives_the_events_that_were_to_come(cut: list[int], seed: int) -> None:
    """State saved anywhere, read again from its cursor or before, repeats and invents nothing."""
    records, rng = log(ROWS, cut), random.Random(seed)
    stop, before = rng.randint(1, len(records)), Bank()
    first = run(before, records[:stop])
    chunks = {chunk: save(before, chunk) for chunk in before.chunks.due(99)}
    plants, cursor = save_plants(before), int(before.chunks.cursor()[0])
    after = Bank()
    load_plants(after, plants, cursor)
    for chunk, data in chunks.items():
        load(after, chunk, data)
    again = max(1, cursor + 1 - rng.randint(0, 3))
    assert encoded(first + run(after, records, again)) == EXPECTED


def test_rows_that_were_judged_before_change_nothing() -> None:
    """align may write a frame twice after a crash: the first version wins."""
    twice = [record for record in log(ROWS, [90]) for _ in range(2)]
    assert encoded(run(Bank(), twice)) == EXPECTED


@given(st.integers(1, len(ROWS)))
@settings(max_examples=10, deadline=None)
def test_the_future_never_changes_the_past(rows_seen: int) -> None:
    """The events of a log that ends early are the first events of the whole log."""
    events = run(Bank(), log(ROWS[:rows_seen], [7]))
    whole = run(Bank(), log(ROWS, [7]))
    assert events == whole[: len(events)]


def test_a_changed_plant_file_counts_from_its_place_in_the_log() -> None:
    """A lower limit raises at once, and not before the record that brings it."""
    quiet = [row for row in ROWS if row[1] < 170]
    lower = PLANT.replace("high = 4.5, high_high = 7.1", "high = 1.0")
    bank = Bank()
    assert run(bank, log(quiet, [30])) == []
    offset = int(bank.chunks.position[0]) + 1
    step(bank, offset, plant_change(lower))
    events = step(bank, offset + 1, frames([row for row in ROWS if 170 <= row[1] < 176])).events
    assert [event.cause for event in events if event.kind is Kind.RAISE] == ["limit"] * 2


def test_evidence_names_the_unit_of_the_plant_file_in_force() -> None:
    """Numbers stay in SI; the unit people read is the plant file's, and the usual one where it says none."""
    inches = PLANT.replace('"mm/s"', '"in/s"').replace("high = 4.5, high_high = 7.1", "high = 0.04")
    records = [plant_change(inches), *log([row for row in ROWS if row[1] < 10], [30])[1:]]
    raised = run(Bank(), records)[0]
    assert {(e.channel, e.unit, e.shown_unit) for e in raised.evidence} == {("de-velocity", "m/s", "in/s")}
    units = {(e.channel, e.shown_unit) for event in run(Bank(), log(ROWS, [3])) for e in event.evidence}
    assert units >= {("de-velocity", "mm/s")}
    assert units <= {("de-velocity", "mm/s"), ("current", "A"), ("oil-temperature", "°C")}


def test_a_plant_file_that_is_not_what_it_says_stops_the_worker() -> None:
    """A worker does not guess what it should judge by."""
    with pytest.raises(KitError):
        step(Bank(), 0, structs.replace(plant_change(), sha256="0" * 64))


def test_a_record_that_points_behind_its_channels_is_refused() -> None:
    """Compiled code never follows an index that was not checked."""
    record = frames(ROWS[:2])
    with pytest.raises(ValueError, match="behind its channels"):
        step(
            Bank(), 0, structs.replace(record, channel=np.full(len(record.channel) // 2, 99, "<u2").tobytes())
        )


def test_a_machine_with_its_own_limit_is_not_judged_by_that_of_its_class() -> None:
    """Machines of a class share their parameters, unless the plant file says otherwise of one."""
    own = f'{PLANT}\n[[machines]]\nasset = "pump-1"\nclass = "pump"\n[[machines]]\nasset = "pump-0"\n'
    own += 'class = "pump"\n[machines.channels.de-velocity]\nquantity = "vibration"\nunit = "mm/s"\n'
    own += "limits = { high = 99.0 }\n"
    bank = Bank()
    run(bank, [plant_change(own), *log(ROWS[:8], [4])[1:]])
    highs = []
    for asset in ("pump-0", "pump-1"):
        machine = bank.registry.find("", asset)
        slot = [bank.channels[c].name for c in bank.layout(machine)].index("de-velocity")
        highs.append(
            float(bank.params.channels.limits["high"][bank.tables.machines["first"][machine] + slot])
        )
    assert highs == pytest.approx([0.099, 0.0045])
