"""Maintenance as people announce it over HTTP, with a store that follows what the broker was given."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from fakes.gateway import ask
from fakes.outlet import FakeOutlet
from fakes.records import NOON, make_status
from starlette.applications import Starlette

from pdm.broker.topics import CONTROL
from pdm.chain.acquisition.partition import partition_of
from pdm.errors import BrokerError
from pdm.gateway.app import create_app
from pdm.instant import rfc3339
from pdm.plant.load import load
from pdm.records.control import Control, Maintenance, MaintenanceEnd
from pdm.store.protocol import Batch
from pdm.store.sql import SqlStore
from pdm.store.sqlite import open_writer

HOUR = 3_600 * 10**9


class Door:
    """A gateway with a store into which a recorder puts what it is given."""

    def __init__(self, path: Path) -> None:
        self.outlet, self.store, self.now = FakeOutlet(), open_writer(path), NOON
        self.store.record(Batch("t", 0, 0, 1, (make_status(), make_status("fan-1", run="r"))))
        self.app: Starlette = create_app(load(), self.outlet, 4, self.store, clock_ns=lambda: self.now)

    def said(self) -> list[Control]:
        """What the control topic has been given."""
        return [msgspec.msgpack.decode(one.value, type=Control) for one in self.outlet.messages]

    def recorded(self) -> SqlStore:
        """Return the store, with all of it."""
        here = self.store.offset("t", 0)
        self.store.record(Batch("t", 0, here, here + 1, tuple(self.said())))
        return self.store

    def post(self, path: str = "", **content: Any) -> httpx.Response:
        """Post to maintenance."""
        return ask(self.app, "POST", f"/v1/maintenance{path}", msgspec.json.encode(content))

    def listed(self, asked: str = "") -> list[str]:
        """List the ids of maintenance."""
        answer = ask(self.app, "GET", f"/v1/maintenance{asked}")
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in answer.json()["items"]]


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    """Return a gateway whose clock stands at noon."""
    found = Door(tmp_path / "pdm.sqlite")
    yield found
    found.store.close()


def test_a_maintenance_is_in_its_machine_s_partition_before_it_is_answered(door: Door) -> None:
    """With who and when; times are the gateway's where nobody says others."""
    answer = door.post(asset="pump-7", kind="repair", note="new seal")
    assert answer.status_code == 202
    (message,) = door.outlet.messages
    assert (message.topic, message.partition, message.key) == (CONTROL, partition_of("pump-7", 4), b"pump-7")
    (said,) = door.said()
    assert isinstance(said, Maintenance)
    assert (said.who, said.when, said.begin, said.to) == ("loopback", NOON, NOON, None)
    assert answer.json() == {
        "id": said.id, "asset": "pump-7", "kind": "repair", "from": rfc3339(NOON), "to": None,
        "note": "new seal", "who": "loopback", "time": rfc3339(NOON),
    }  # fmt: skip


def test_without_a_broker_nothing_was_announced(door: Door) -> None:
    """503, and the same again is one."""
    door.outlet.errors = [BrokerError("away")]
    assert door.post(asset="pump-7", kind="repair", id="m-1").status_code == 503
    assert [door.post(asset="pump-7", kind="repair", id="m-1").status_code for _ in range(2)] == [202, 202]
    door.recorded()
    assert door.listed() == ["m-1"]
    before = len(door.outlet.messages)
    assert door.post(asset="pump-7", kind="repair", id="m-1").status_code == 202
    assert len(door.outlet.messages) == before
    assert door.post(asset="pump-7", kind="outage", id="m-1").status_code == 409


@pytest.mark.parametrize(
    ("content", "status", "detail"),
    [
        ({"kind": "repair"}, 422, "asset"),
        ({"asset": "pump-7", "kind": "holiday"}, 422, "kind"),
        ({"asset": "pump-7", "kind": "repair", "til": "x"}, 422, "til"),
        ({"asset": "pump 7", "kind": "repair"}, 422, "asset must be"),
        ({"asset": "pump-77", "kind": "repair"}, 422, "no machine 'pump-77'"),
        ({"asset": "fan-1", "kind": "repair"}, 422, "no machine 'fan-1'"),
        ({"asset": "pump-7", "kind": "repair", "from": "yesterday"}, 422, "from"),
        ({"asset": "pump-7", "kind": "repair", "from": "2026-03-01T12:00:00"}, 422, "time zone"),
        ({"asset": "pump-7", "kind": "repair", "to": "2026-03-01T11:00:00Z"}, 422, "to must be after from"),
        ({"asset": "pump-7", "kind": "repair", "note": "x" * 1001}, 422, "note"),
        ({"asset": "pump-7", "kind": "repair", "id": "a/b"}, 422, "id must be"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_reason(
    door: Door, content: dict[str, Any], status: int, detail: str
) -> None:
    """And nothing of it reaches the log."""
    answer = door.post(**content)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert detail in answer.json()["detail"]
    assert door.outlet.messages == []
    assert ask(door.app, "POST", "/v1/maintenance", b"no json").status_code == 400


def test_an_open_maintenance_is_ended_once_and_a_planned_one_cancelled(door: Door) -> None:
    """Who ended it is told; what is over stays over, and nothing gets longer."""
    door.post(asset="pump-7", kind="repair", id="open")
    door.post(
        asset="pump-7",
        kind="outage",
        id="planned",
        **{"from": rfc3339(NOON + HOUR)},
        to=rfc3339(NOON + 2 * HOUR),
    )
    assert door.post("/open/end").status_code == 404
    door.recorded()
    assert door.post("/open/end").status_code == 422
    door.now += HOUR // 2
    answer = door.post("/open/end")
    assert answer.status_code == 202
    assert (answer.json()["to"], answer.json()["ended_by"]) == (rfc3339(NOON + HOUR // 2), "loopback")
    assert door.post("/planned/end", to=rfc3339(NOON + 3 * HOUR)).status_code == 422
    assert door.post("/planned/cancel").json()["cancelled"]
    ends = [one for one in door.said() if isinstance(one, MaintenanceEnd)]
    assert [(one.of, one.to) for one in ends] == [("open", NOON + HOUR // 2), ("planned", None)]
    door.recorded()
    assert door.post("/open/end").status_code == 409
    assert door.post("/planned/cancel").status_code == 409


def test_maintenance_is_listed_by_machine_time_and_run(door: Door) -> None:
    """The latest beginning first."""
    for hour, name in enumerate(("a", "b", "c")):
        begin, to = rfc3339(NOON + hour * HOUR), rfc3339(NOON + hour * HOUR + HOUR // 2)
        door.post(asset="pump-7", kind="inspection", id=name, to=to, **{"from": begin})
    door.post(asset="fan-1", kind="repair", id="d", run="r")
    door.recorded()
    assert door.listed() == ["c", "b", "a"]
    assert door.listed("?limit=1") == ["c"]
    assert door.listed(f"?since={rfc3339(NOON + HOUR)}&until={rfc3339(NOON + 2 * HOUR)}") == ["b"]
    assert door.listed("?asset=fan-1") == []
    assert door.listed("?run=r") == ["d"]
    assert ask(door.app, "GET", "/v1/maintenance?kind=x").status_code == 400
