"""Keys at the doors for foreign points: they reach, speak and are paced as at our own."""

from pathlib import Path

import httpx
import pytest
from fakes.gateway import NOW, ask
from fakes.outlet import FakeOutlet

from pdm.access import book
from pdm.access.keyring import Keyring
from pdm.access.keys import Key, Role
from pdm.gateway.app import create_app
from pdm.gateway.guard import Guard, Guarded
from pdm.plant.load import parse

PLANT = parse('[[machines]]\nasset = "a"\npath = "north"\n[[machines]]\nasset = "b"\npath = "south"\n', "p")
LINES = b"m,machine=a,unit=K value=300\nm,machine=b,unit=K value=300"
WRITE = "/api/v2/write?bucket=elsewhere"


class Door:
    """A gateway behind a guard, and a key that reaches the north."""

    def __init__(self, folder: Path, rate: float = 0.0) -> None:
        self.outlet = FakeOutlet()
        keys = folder / "keys.json"
        wanted = Key(id="", name="plc", role=Role.WRITER, paths=("north",), rate=rate, burst=2.0 * bool(rate))
        self.key = str(book.create(keys, wanted)[1])
        app = create_app(PLANT, self.outlet, 1, clock_ns=lambda: NOW, linger_s=0.0)
        self.app = Guarded(app, Guard(Keyring(keys, PLANT), required=True))

    def post(self, path: str, content: bytes, **headers: str) -> httpx.Response:
        """Post with the key, as clients of InfluxDB 2 send it."""
        return ask(self.app, "POST", path, content, **{"Authorization": f"Token {self.key}", **headers})


@pytest.fixture
def door(tmp_path: Path) -> Door:
    """Return a guarded gateway."""
    return Door(tmp_path)


def test_a_key_delivers_for_the_machines_it_reaches(door: Door) -> None:
    """Line by line, key by key of telemetry; the neighbours are kept."""
    answer = door.post(WRITE, LINES)
    assert (answer.status_code, "line 2: forbidden" in answer.json()["message"]) == (400, True)
    told = door.post("/v1/telemetry", b'{"b": [{"t": 1}]}')
    assert told.status_code == 422
    assert door.outlet.flushes == [[300.0]]


def test_a_key_is_the_source_whatever_the_bucket_is_called(door: Door) -> None:
    """A header may name one below it, and no other."""
    door.post(WRITE, LINES)
    door.post(WRITE, LINES, PDM_Source="plc.line-1")
    assert [flush[0].block.source.name for flush in door.outlet.history] == ["plc", "plc.line-1"]
    refused = door.post(WRITE, LINES, PDM_Source="elsewhere")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


def test_whoever_is_too_fast_is_told_when_to_come_again(tmp_path: Path) -> None:
    """429 in InfluxDB's words; nothing of that request is kept."""
    door = Door(tmp_path, rate=0.001)
    assert door.post(WRITE, LINES).status_code == 400
    for path in (WRITE, "/v1/telemetry?asset=a"):
        slow = door.post(path, LINES if path == WRITE else b'{"x": 1}')
        assert slow.status_code == 429
        assert int(slow.headers["retry-after"]) > 0
    assert door.post(WRITE, LINES).json()["code"] == "too many requests"
    assert door.outlet.flushes == [[300.0]]


def test_without_a_key_nothing_is_taken_and_somebody_is_there_all_the_same(door: Door) -> None:
    """Clients ask for health before they say who they are."""
    assert ask(door.app, "POST", "/write", LINES).status_code == 401
    assert ask(door.app, "GET", "/query?q=SHOW DATABASES").status_code == 401
    assert ask(door.app, "GET", "/ping").status_code == 204
    assert ask(door.app, "GET", "/health").status_code == 200
