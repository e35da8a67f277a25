"""Late readings are told with the frame they missed and the alarms that were open then."""

from pathlib import Path

import msgspec
import pytest
from fakes.gateway import ask
from fakes.outlet import FakeOutlet
from histories import late, written
from logs import START, rows
from starlette.applications import Starlette

from pdm.broker.topics import EVENTS, FRAMES
from pdm.gateway.app import create_app
from pdm.history.intake import Intake
from pdm.history.query import History
from pdm.instant import NS, nanoseconds, rfc3339
from pdm.plant.load import load
from pdm.records.event import Event, Kind, Severity
from pdm.store.open import open_store
from pdm.store.protocol import Batch

PATH = "/v1/assets/pump-0/late"
CAME = START + 100 * NS


def event(name: str, begin: int, end: int | None) -> tuple[Event, ...]:
    """Return the revisions of an alarm between two seconds, or without an end."""

    def at(second: int) -> str:
        return rfc3339(START + second * NS)

    raised = Event(
        name, 1, "pump-0", "", Kind.RAISE, "drift", Severity.ALARM, at(begin), at(begin), 2.0, 2.0, ()
    )
    if end is None:
        return (raised,)
    return raised, msgspec.structs.replace(raised, revision=2, kind=Kind.CLEAR, time=at(end))


@pytest.fixture
def app(tmp_path: Path) -> Starlette:
    """Return a gateway on a minute of history, two late readings behind it, and three alarms."""
    writer = written(tmp_path / "history", [rows(2, 60, seed=6)])
    intake = Intake(writer.manifest.offsets())
    record = late(("pump-0", 100, ((0, 8.0), (1, 0.002))))
    intake.eat((FRAMES, 0), intake.offsets[FRAMES, 0], msgspec.msgpack.encode(record))
    assert writer.flush(intake.tray, intake.moved)
    store = open_store(f"sqlite:///{tmp_path}/store.db", writing=True)
    revisions = (*event("over", 10, 90), *event("then", 90, 110), *event("open", 100, None))
    store.record(Batch(EVENTS, 0, 0, 1, revisions))
    now = nanoseconds("2023-11-14T22:20:00Z")
    history = History(tmp_path / "history")
    return create_app(load(), FakeOutlet(), 1, store, clock_ns=lambda: now, history=history)


def test_each_late_reading_names_its_frame_and_the_alarms_of_its_time(app: Starlette) -> None:
    """Machine, channel, time and value; what was in time is not there."""
    answer = ask(app, "GET", PATH).json()
    assert answer["total"] == 2
    assert [(one["channel"], one["value"], one["unit"]) for one in answer["items"]] == [
        ("current", 8.0, "A"),
        ("de-velocity", 0.002, "m/s"),
    ]
    for one in answer["items"]:
        assert one["time"] == one["frame"] == rfc3339(CAME)
        assert sorted(one["alarms"]) == ["open", "then"]


def test_a_machine_without_late_readings_has_an_empty_list(app: Starlette) -> None:
    """Nothing late is no error; a wrong question is one."""
    assert ask(app, "GET", "/v1/assets/pump-1/late").json()["items"] == []
    assert ask(app, "GET", f"{PATH}?from=yesterday").status_code == 400


def test_a_limit_shows_the_first_and_counts_all(app: Starlette) -> None:
    """Nobody needs to page through a flood to learn how large it is."""
    answer = ask(app, "GET", f"{PATH}?limit=1").json()
    assert (answer["total"], len(answer["items"])) == (2, 1)
