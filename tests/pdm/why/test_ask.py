"""Why, asked of any instant: what is judged again is what was judged then."""

import hashlib
from pathlib import Path

import msgspec
import numpy as np
import pytest
from histories import PLACE
from logs import GRID, PLANT, START, LogRow, frames, plant_change, rows
from saying import rules

from pdm.broker.topics import SNAPSHOTS
from pdm.chain.detection.bank import Bank
from pdm.chain.detection.portrait import portraits
from pdm.chain.step import step
from pdm.errors import NotKnownError
from pdm.history.disk import Disk
from pdm.history.intake import Intake
from pdm.history.writing import Writer
from pdm.records.control import Maintenance, MaintenanceKind
from pdm.records.decision import Decision, Stage
from pdm.records.event import Event, Kind
from pdm.records.log import Controlled, LogRecord, PlantChange
from pdm.why.ask import Inquirer

SECONDS, FAULT_AT, STOPPED_AT, PAUSED_AT, TIGHT_AT = 9_000, 4_000, 5_600, 6_500, 7_600
GAP = range(2_000, 2_100)
TIGHT = PLANT.replace("high = 4.5, high_high = 7.1", "high = 1.9, high_high = 7.1")


class Lived:
    """A machine's whole life: its history on disk, and what the live bank knew after each second."""

    def __init__(self, folder: Path) -> None:
        self.scores: dict[int, float] = {}
        self.active: dict[int, bool] = {}
        self.events: dict[int, Event] = {}
        writer, bank = Writer(Disk(folder), lambda: START / 1e9), Bank()
        writer.recover()
        intake = Intake(writer.manifest.offsets())
        for offset, record in enumerate(life()):
            self._live(bank, offset, record)
            intake.eat(PLACE, offset, msgspec.msgpack.encode(record))
            drawn = portraits(bank, 9) if offset % 7 == 0 else []
            if drawn:
                place = (SNAPSHOTS, 0)
                intake.eat(place, intake.offsets.get(place, 0), msgspec.msgpack.encode(drawn))
            if offset % 60 == 59:
                assert writer.flush(intake.tray, intake.moved, intake.notes)
                intake = Intake(writer.manifest.offsets())
        assert writer.flush(intake.tray, intake.moved, intake.notes)
        self.inquirer = Inquirer(folder)

    def _live(self, bank: Bank, offset: int, record: LogRecord) -> None:
        taken = step(bank, offset, record)
        for event in taken.events:
            self.events[second_of(event.time)] = event
        if len(taken.scores):
            last = int(bank.tables.machines["last"][0] - START) // GRID
            self.scores[last] = float(taken.scores[-1])
            self.active[last] = bool(bank.tables.watch.machines.alarm["active"][0])

    def why(self, second: float) -> Decision:
        """Ask about a second of this life."""
        return self.inquirer.decide("pump-0", START + int(second * GRID))


def second_of(time: str) -> int:
    """Return the second of an instant in RFC 3339."""
    return int((np.datetime64(time.removesuffix("Z"), "ns").astype(np.int64) - START) // GRID)


def life() -> list[LogRecord]:
    """A fault that grows, a stop, a maintenance, and a plant file with a limit that is crossed."""
    parts: list[list[LogRow]] = [[]]
    for asset, second, cells in rows(1, SECONDS, seed=4):
        if second in GAP:
            continue
        values = dict(cells)
        grown = max(0, min(second - FAULT_AT, 300)) if second < STOPPED_AT - 200 else 0
        values = {c: v * (1.0 + 0.004 * grown) if c == 1 else v for c, v in values.items()}
        if STOPPED_AT <= second < PAUSED_AT - 300:
            values = {c: 0.0 if c < 2 else v for c, v in values.items()}
        parts[-1].append((asset, second, tuple(sorted(values.items()))))
        if second % 19 == 0 or second + 1 in {PAUSED_AT, TIGHT_AT}:
            parts.append([])
    out: list[LogRecord] = [plant_change()]
    for part in parts:
        if part and part[0][1] == PAUSED_AT:
            begin, end = START + PAUSED_AT * GRID, START + (PAUSED_AT + 400) * GRID
            out.append(Controlled(0, Maintenance("m", "me", 0, "pump-0", MaintenanceKind.REPAIR, begin, end)))
        if part and part[0][1] == TIGHT_AT:
            out.append(PlantChange(hashlib.sha256(TIGHT.encode()).hexdigest(), TIGHT))
            out.append(Controlled(1, rules(1, 'on_delay = "10 s"\ndeadband = { relative = 0.1 }')))
        out += [frames(part)] if part else []
    return out


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """One life for all questions."""
    return Lived(tmp_path_factory.mktemp("history"))


def test_what_is_judged_again_is_what_was_judged_then(lived: Lived) -> None:
    """A hundred instants: score and alarm are those of the live bank, bit for bit, and so is each event."""
    chosen = np.random.default_rng(2).choice(sorted(lived.scores), 100, replace=False).tolist()
    for second in sorted({*chosen, *lived.events}):
        told = lived.why(second + 0.3)
        if second in lived.scores:
            assert (told.score, told.alarm) == (lived.scores[second], lived.active[second]), second
        assert told.event == lived.events.get(second), second
    assert {event.kind for event in lived.events.values()} >= {Kind.RAISE, Kind.CLEAR}


@pytest.mark.parametrize(
    ("second", "stage"),
    [
        (20, Stage.LEARNING),
        (GAP[50], Stage.DATA),
        (3_000, Stage.SCORE),
        (STOPPED_AT + 100, Stage.PHASE),
        (PAUSED_AT + 200, Stage.MAINTENANCE),
        (PAUSED_AT + 420, Stage.LEARNING),
    ],
)
def test_the_stage_that_said_no_is_named(lived: Lived, second: int, stage: Stage) -> None:
    """Each instant of this life has its own reason why there was no alarm."""
    told = lived.why(second)
    assert (told.alarm, told.stopped_by) == (False, stage), told.because
    assert told.because.startswith(stage)


def test_the_first_frame_above_the_line_waits(lived: Lived) -> None:
    """Just before a raise the score is above the line, and the delay has not passed."""
    raised = min(second for second, event in lived.events.items() if event.kind is Kind.RAISE)
    before, at = lived.why(raised - 1), lived.why(raised)
    assert (before.stopped_by, before.above_s, before.needed_s) == (Stage.DELAY, 1.0, 2.0)
    assert (at.alarm, at.stopped_by, at.alarm_id) == (True, None, lived.events[raised].id)


def test_the_delay_is_that_of_the_channel_that_leads(lived: Lived) -> None:
    """With the rule that says so, and beside it how long it takes to be cleared, and from which score on."""
    told = lived.why(TIGHT_AT + 4)
    assert (told.stopped_by, told.above_s, told.needed_s) == (Stage.DELAY, 5.0, 10.0), told.because
    assert told.because.endswith("above the line for 5 s of 10 s, by site 1 for de-velocity")
    assert lived.why(TIGHT_AT + 9).alarm
    waits = {one.channel: (one.on_delay_s, one.off_delay_s, one.calm) for one in told.channels}
    assert waits["de-velocity"] == (10.0, 15.0, 0.9)
    assert waits["current"] == (2.0, 15.0, None)
    assert told.channels[1].sources == {"on_delay": "site 1", "deadband": "site 1"}


def test_the_plant_file_in_force_then_is_named(lived: Lived) -> None:
    """Limits are those of the file that was in force at that instant."""
    before, after = lived.why(TIGHT_AT - 5), lived.why(TIGHT_AT + 100)
    limits = [next(c.limits for c in told.channels if c.channel == "de-velocity") for told in (before, after)]
    assert [one[2] for one in limits] == pytest.approx([4.5e-3, 1.9e-3])
    assert before.basis.plant_sha256 != after.basis.plant_sha256
    assert after.alarm


def test_what_nobody_knows_is_said(lived: Lived) -> None:
    """Before its first frame, and of a machine nobody has seen, there is no answer, and no guess."""
    with pytest.raises(NotKnownError, match="nothing is known"):
        lived.inquirer.decide("pump-9", START)
    with pytest.raises(NotKnownError, match="no frame"):
        lived.inquirer.decide("pump-0", START - GRID)
