"""The query API as a client sees it, over ASGI."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from fakes.asking import Asking
from fakes.records import at, make_advice, make_event, make_status
from starlette.applications import Starlette

from pdm.gateway.queries import routes
from pdm.records.event import Event, Kind, Severity
from pdm.store.protocol import Batch, Row
from pdm.store.sql import SqlStore
from pdm.store.sqlite import open_reader, open_writer

RAISED = [make_event(n, asset=f"pump-{n % 2}", severity=list(Severity)[n % 4]) for n in range(8)]
CLEARED = make_event(3, revision=2, asset="pump-1", kind=Kind.CLEAR, time=at(60))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """Return a store with eight alarms, one of them cleared, two machines and some advice."""
    writer = open_writer(tmp_path / "pdm.sqlite")
    rows: tuple[Row, ...] = (
        *RAISED,
        CLEARED,
        make_status("pump-0"),
        make_status("pump-1"),
        make_advice(3),
        make_advice(4),
    )
    writer.record(
        Batch("t", 0, 0, 1, (*rows, make_event(99, run="replay-1"), make_status("r", run="replay-1")))
    )
    reader = open_reader(tmp_path / "pdm.sqlite")
    yield reader
    reader.close()
    writer.close()


@pytest.fixture
def api(store: SqlStore) -> Asking:
    """Return a client of the API on that store."""
    return Asking(Starlette(routes=[*routes(store)]))


def ids(answer: dict[str, Any]) -> list[str]:
    """Return the ids of the items."""
    return [item["id"] for item in answer["items"]]


def test_events_are_listed_latest_first_with_si_evidence(api: Asking) -> None:
    """One line an alarm, each the record as it is on the wire, numbers in SI with their unit."""
    answer = api.ok("/v1/events")
    heads = [CLEARED if event.id == CLEARED.id else event for event in reversed(RAISED)]
    assert msgspec.convert(answer["items"], list[Event]) == heads
    assert answer["next"] is None
    assert answer["items"][0]["evidence"][0]["unit"] == "m/s"


def test_pages_follow_one_another(api: Asking) -> None:
    """The cursor goes on where the page ended, until it is null."""
    seen, query = [], "limit=3"
    for _ in range(3):
        answer = api.ok(f"/v1/events?{query}")
        seen += ids(answer)
        query = f"limit=3&cursor={answer['next']}"
    assert seen == [event.id for event in reversed(RAISED)]
    assert answer["next"] is None


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("asset=pump-1", [7, 5, 3, 1]),
        ("asset=pump-1&open=true", [7, 5, 1]),
        ("open=false&asset=pump-1", [7, 5, 3, 1]),
        ("severity=critical&severity=alarm", [7, 6, 3, 2]),
        ("until=2026-03-01T12:00:02Z", [1, 0]),
        ("until=2026-03-01T14:00:02%2B02:00", [1, 0]),
        ("until=2026-03-01T14:00:02+02:00", [1, 0]),
        ("since=2026-03-01T12:00:30Z", [7, 6, 5, 4, 3, 2, 1, 0]),
        ("since=2026-03-01T12:02:00Z", [7, 6, 5, 4, 2, 1, 0]),
        ("run=replay-1", [99]),
        ("run=other", []),
    ],
)
def test_filters_of_events(api: Asking, query: str, numbers: list[int]) -> None:
    """Each filter keeps what it names; since and until ask for alarms that were open then."""
    assert ids(api.ok(f"/v1/events?{query}")) == [make_event(n).id for n in numbers]


def test_revisions_are_listed_in_the_order_of_an_export(api: Asking) -> None:
    """The view of revisions shows the raise and the clear of one alarm, oldest first."""
    answer = api.ok("/v1/events?view=revisions&asset=pump-1")
    assert [(item["time"], item["kind"]) for item in answer["items"]] == [
        (at(1), "raise"), (at(3), "raise"), (at(5), "raise"), (at(7), "raise"), (at(60), "clear"),
    ]  # fmt: skip


def test_an_event_has_its_revisions_and_its_advice(api: Asking) -> None:
    """The newest revision, all of them, and what was advised."""
    answer = api.ok(f"/v1/events/{CLEARED.id}")
    assert answer["event"]["kind"] == "clear"
    assert [one["revision"] for one in answer["revisions"]] == [1, 2]
    assert [one["id"] for one in answer["advice"]] == [make_advice(3).id]


def test_machines_and_one_machine(api: Asking) -> None:
    """Machines by name; one machine with its open alarms only."""
    assert [item["asset"] for item in api.ok("/v1/assets")["items"]] == ["pump-0", "pump-1"]
    assert [item["asset"] for item in api.ok("/v1/assets?run=replay-1")["items"]] == ["r"]
    detail = api.ok("/v1/assets/pump-1")
    assert detail["status"]["condition"] == "normal"
    assert [one["id"] for one in detail["open_events"]] == [RAISED[n].id for n in (7, 5, 1)]


def test_advice_is_listed(api: Asking) -> None:
    """Latest first, and by event."""
    assert ids(api.ok("/v1/advice")) == [make_advice(4).id, make_advice(3).id]
    assert ids(api.ok(f"/v1/advice?event={make_event(3).id}")) == [make_advice(3).id]


@pytest.mark.parametrize(
    ("path", "status", "detail"),
    [
        ("/v1/assets/nobody", 404, "no machine 'nobody'"),
        ("/v1/assets/pump-1?run=replay-1", 404, "in run 'replay-1'"),
        (f"/v1/events/{make_event(99).id}", 404, "?run=NAME"),
        ("/v1/events?limit=0", 400, "limit"),
        ("/v1/events?limit=1001", 400, "limit"),
        ("/v1/events?limit=99999999999999999999", 400, "limit"),
        ("/v1/events?limit=%D9%A1", 400, "limit"),
        ("/v1/events?limit=", 400, "limit"),
        ("/v1/events?cursor=abc", 400, "cursor"),
        ("/v1/events?severty=alarm", 400, "unknown parameter 'severty'"),
        ("/v1/events?severity=loud", 400, "none of notice, warning, alarm, critical"),
        ("/v1/events?view=all", 400, "none of alarms, revisions, feed"),
        ("/v1/events?open=maybe", 400, "neither true nor false"),
        ("/v1/events?since=yesterday", 400, "since"),
        ("/v1/events?since=2026-03-01T12:00:00", 400, "names no time zone"),
        ("/v1/events?since=9999-12-31T23:59:59Z", 400, "too far away"),
        ("/v1/events?run=a&run=b", 400, "twice"),
        ("/v1/advice?open=true", 400, "unknown parameter 'open'"),
        ("/v1/assets?asset=x", 400, "unknown parameter 'asset'"),
        ("/v1/assets/pump-1?limit=3", 400, "no meaning"),
    ],
)
def test_problems_say_what_is_wrong(api: Asking, path: str, status: int, detail: str) -> None:
    """What cannot be answered is a problem+json with its status and a sentence."""
    response = api.get(path)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    problem = response.json()
    assert problem["status"] == status
    assert detail in problem["detail"]


@pytest.mark.parametrize("name", ["a b", "ü", "%", "\x00", "x" * 5000, "' OR 1=1 --"])
def test_odd_names_are_just_not_found(api: Asking, name: str) -> None:
    """Whatever stands in the path is a name, and no such machine is there."""
    assert api.get(f"/v1/assets/{quote(name)}").status_code == 404


def test_before_there_is_a_store_everything_is_empty(tmp_path: Path) -> None:
    """A fresh service answers with empty lists instead of an error."""
    reader = open_reader(tmp_path / "pdm.sqlite")
    api = Asking(Starlette(routes=[*routes(reader)]))
    for path in ("/v1/assets", "/v1/events", "/v1/advice"):
        assert api.ok(path) == {"items": [], "next": None}
    reader.close()


def test_a_broken_store_is_unavailable(tmp_path: Path) -> None:
    """A file that is no store is our trouble, not the client's: 503, and when to come back."""
    path = tmp_path / "pdm.sqlite"
    path.write_bytes(b"something else entirely " * 100)
    reader = open_reader(path)
    response = Asking(Starlette(routes=[*routes(reader)])).get("/v1/events")
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0
    reader.close()
