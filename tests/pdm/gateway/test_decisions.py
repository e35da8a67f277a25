"""Why, as a client asks it: over ASGI, with a history and a store."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from fakes.gateway import ask
from fakes.outlet import FakeOutlet
from fakes.serving import Serving
from histories import PLACE
from logs import START, log, rows
from msgspec import structs
from starlette.applications import Starlette

from pdm.broker.topics import SNAPSHOTS
from pdm.chain.detection.bank import Bank
from pdm.chain.detection.portrait import portraits
from pdm.chain.step import step
from pdm.cli.main import main
from pdm.gateway.app import create_app
from pdm.history.disk import Disk
from pdm.history.intake import Intake
from pdm.history.query import History
from pdm.history.writing import Writer
from pdm.instant import NS, rfc3339
from pdm.plant.load import load
from pdm.records.decision import Stage
from pdm.records.event import Event
from pdm.store.protocol import Batch
from pdm.store.sqlite import open_writer

RECORDS = log(rows(2, 400, seed=3, fault_at=200), [40])


def remembered(folder: Path) -> list[Event]:
    """Write a history with snapshots, as the historian does; returns the events of the same log."""
    writer, bank, events = Writer(Disk(folder), lambda: START / 1e9), Bank(), list[Event]()
    writer.recover()
    intake = Intake(writer.manifest.offsets())
    for offset, record in enumerate(RECORDS):
        events += step(bank, offset, record).events
        intake.eat(PLACE, offset, msgspec.msgpack.encode(record))
        drawn = portraits(bank, 9)
        if drawn:
            place = (SNAPSHOTS, 0)
            intake.eat(place, intake.offsets.get(place, 0), msgspec.msgpack.encode(drawn))
    assert writer.flush(intake.tray, intake.moved, intake.notes)
    return events


@pytest.fixture
def events(tmp_path: Path) -> list[Event]:
    """What the log came to."""
    return remembered(tmp_path / "history")


@pytest.fixture
def app(tmp_path: Path, events: list[Event]) -> Iterator[Starlette]:
    """Return a gateway that knows those events, and one more that nobody's log explains."""
    store = open_writer(tmp_path / "pdm.sqlite")
    forged = structs.replace(events[0], id="0" * 36, score=9.0)
    store.record(Batch("t", 0, 0, 1, (*events, forged)))
    yield create_app(load(), FakeOutlet(), 1, store, history=History(tmp_path / "history"))
    store.close()


def test_an_instant_is_explained(app: Starlette, events: list[Event]) -> None:
    """Before the fault the score said no; after it an alarm stands, which is named."""
    before = ask(app, "GET", f"/v1/assets/pump-0/decision?time={rfc3339(START + 150 * NS)}").json()
    assert (before["alarm"], before["stopped_by"]) == (False, "score")
    assert [one["stage"] for one in before["path"]] == list(Stage)
    after = ask(app, "GET", f"/v1/assets/pump-0/decision?time={events[0].raised}").json()
    assert (after["alarm"], after["alarm_id"], after["event"]["id"]) == (True, events[0].id, events[0].id)


def test_an_alarm_is_judged_again(app: Starlette, events: list[Event]) -> None:
    """What the log says is the same, byte for byte; what somebody made up is not."""
    true = ask(app, "GET", f"/v1/events/{events[0].id}/decision").json()
    assert true["same"] is True
    assert msgspec.convert(true["event"], Event) == events[0]
    assert ask(app, "GET", f"/v1/events/{'0' * 36}/decision").json()["same"] is False


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/v1/assets/pump-7/decision", 404, "nothing is known of 'pump-7'"),
        ("/v1/assets/pump-0/decision?time=1999-01-01T00:00:00Z", 404, "no frame of 'pump-0'"),
        ("/v1/assets/pump-0/decision?time=noon", 400, "time"),
        ("/v1/events/none/decision", 404, "no such event"),
    ],
)
def test_what_cannot_be_answered_is_said(app: Starlette, path: str, status: int, said: str) -> None:
    """Nothing is guessed: an answer, or a reason."""
    answer = ask(app, "GET", path)
    assert answer.status_code == status
    assert said in answer.json()["detail"]


def test_a_terminal_shows_the_stages(app: Starlette, events: list[Event]) -> None:
    """Verdict first, then the stages, then the channels in people's units."""
    with Serving(app) as serving:
        told = CliRunner().invoke(main, ["why", "pump-0", events[0].raised, "--url", serving.url])
        again = CliRunner().invoke(main, ["why", "--event", events[0].id, "--url", serving.url])
    assert told.exit_code == 0, told.output
    assert "an alarm. an alarm stood" in told.stdout
    assert re.search(r"de-velocity +[\d.]+ mm/s +[12][\d.]* mm/s", told.stdout), told.stdout
    assert "the same event, byte for byte" in again.stdout
