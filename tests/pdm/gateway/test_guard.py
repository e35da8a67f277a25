"""The guard at the door, with a gateway behind it."""

import base64
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from fakes.gateway import NOW, batch, with_client
from fakes.outlet import FakeOutlet
from fakes.records import make_advice, make_event, make_status

from pdm.access import book
from pdm.access.denial import Denial
from pdm.access.keyring import Keyring
from pdm.access.keys import Key, Role
from pdm.gateway.app import create_app
from pdm.gateway.guard import Guard, Guarded
from pdm.gateway.operations import BACKLOG, DOOR, QUERIES
from pdm.gateway.permissions import NEEDS, need_of
from pdm.metrics import DENIED, THROTTLED
from pdm.plant.load import parse
from pdm.records.block import Source
from pdm.store.protocol import Batch, Row
from pdm.store.sqlite import open_reader, open_writer

PLANT = parse(
    '[[machines]]\nasset = "pump-0"\npath = "north/hall-2"\n[[machines]]\nasset = "pump-1"\npath = "south"\n',
    "p",
)


class House:
    """A gateway with a store, a fake outlet and a file of keys."""

    def __init__(self, folder: Path, *, required: bool = True) -> None:
        self.outlet = FakeOutlet()
        self.keys = folder / "keys.json"
        writer = open_writer(folder / "pdm.sqlite")
        rows: tuple[Row, ...] = tuple(
            row
            for n in range(2)
            for row in (
                make_status(f"pump-{n}"),
                make_event(n, asset=f"pump-{n}"),
                make_advice(n, asset=f"pump-{n}"),
            )
        )
        writer.record(Batch("t", 0, 0, 1, (*rows, make_status("pump-9"))))
        writer.close()
        self.store = open_reader(folder / "pdm.sqlite")
        app = create_app(
            PLANT,
            self.outlet,
            1,
            self.store,
            clock_ns=lambda: NOW,
            linger_s=0.0,
            backlog=lambda: {"align": 0},
        )
        self.app = Guarded(app, Guard(Keyring(self.keys, PLANT), required=required))

    def key(self, role: Role, *paths: str, name: str = "plc", rate: float = 0.0, burst: float = 0.0) -> str:
        """Create a key and return its text."""
        wanted = Key(id="", name=name, role=role, paths=paths, rate=rate, burst=burst)
        return str(book.create(self.keys, wanted)[1])

    def ask(
        self, method: str, path: str, key: str = "", content: Any = None, **headers: str
    ) -> httpx.Response:
        """Ask once, with a key if there is one."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent |= {"Authorization": f"Bearer {key}"} if key else {}

        async def use(client: httpx.AsyncClient) -> httpx.Response:
            return await client.request(method, path, content=content, headers=sent)

        return with_client(self.app, use)

    def post(self, key: str, content: bytes, **headers: str) -> httpx.Response:
        """Post readings."""
        return self.ask("POST", "/v1/readings", key, content, Content_Type="application/json", **headers)


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Return a gateway that asks for keys."""
    return House(tmp_path)


def basic(password: str, user: str = "anyone") -> str:
    """Write a header of HTTP Basic."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def test_every_operation_has_its_need() -> None:
    """What nobody listed would be for keys of the whole plant alone, which may be too little or too much."""
    listed = {(operation.method, operation.path) for operation in (*DOOR, *QUERIES, *BACKLOG)}
    assert set(NEEDS) == listed
    assert need_of("HEAD", "/v1/assets/pump-1") == NEEDS["GET", "/v1/assets/{asset}"]
    assert not need_of("GET", "/v1/assets/pump-1/secrets").by_place
    assert need_of("DELETE", "/v1/assets/pump-1").permission == "act"


def test_without_a_key_there_is_health_and_nothing_else(house: House) -> None:
    """401 says how a key comes; also for paths that do not exist."""
    for method, path in [*NEEDS, ("GET", "/nowhere"), ("DELETE", "/v1/events")]:
        answer = house.ask(method, path.replace("{", "").replace("}", ""))
        if path in {"/healthz", "/readyz"}:
            assert answer.status_code == 200
        else:
            assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
            assert answer.headers["www-authenticate"].startswith("Bearer")
    assert house.outlet.history == []


@pytest.mark.parametrize("form", ["Bearer {}", "bearer {}", "Token {}", "basic"])
def test_a_key_comes_in_one_of_three_ways(house: House, form: str) -> None:
    """Bearer; Token, as InfluxDB 2 has it; Basic with the key as the password."""
    key = house.key(Role.READER)
    said = basic(key) if form == "basic" else form.format(key)
    assert house.ask("GET", "/v1/assets", Authorization=said).status_code == 200


@pytest.mark.parametrize(
    "said", ["Bearer", "Bearer x", "Digest a=b", "Basic !", "Basic " + "eA==", basic("x")]
)
def test_what_is_no_key_in_force_is_refused(house: House, said: str) -> None:
    """With 401, however it looks, and counted."""
    house.key(Role.READER)
    before = DENIED.labels(Denial.WRONG_KEY)._value.get()
    assert house.ask("GET", "/v1/assets", Authorization=said).status_code == 401
    assert DENIED.labels(Denial.WRONG_KEY)._value.get() == before + 1


def test_each_role_may_do_its_part(house: House) -> None:
    """A writer delivers and sees the backlog, a reader sees, an admin does both."""
    writer, reader, admin = (house.key(role, name=role) for role in (Role.WRITER, Role.READER, Role.ADMIN))
    assert [house.post(key, batch(1)).status_code for key in (writer, reader, admin)] == [202, 403, 202]
    assert [house.ask("GET", "/v1/events", k).status_code for k in (writer, reader, admin)] == [403, 200, 200]
    assert house.ask("GET", "/v1/backlog", writer).status_code == 200
    assert house.ask("GET", "/metrics", reader).status_code == 200
    assert "deliver" in house.post(reader, batch(1)).json()["detail"]


def test_a_key_for_a_place_sees_its_machines_only(house: House) -> None:
    """Lists leave the others out, single ones are not found, and what is of the whole plant is refused."""
    key = house.key(Role.READER, "north")
    seen = {
        path: [item.get("asset") for item in house.ask("GET", path, key).json()["items"]]
        for path in (
            "/v1/assets",
            "/v1/events",
            "/v1/events?view=feed",
            "/v1/advice",
            "/v1/advice?asset=pump-1",
        )
    }
    assert list(seen.values()) == [["pump-0"], ["pump-0"], ["pump-0"], ["pump-0"], []]
    assert house.ask("GET", "/v1/assets/pump-0", key).status_code == 200
    assert house.ask("GET", "/v1/assets/pump-1", key).status_code == 404
    hidden, shown = make_event(1).id, make_event(0).id
    assert house.ask("GET", f"/v1/events/{hidden}", key).status_code == 404
    assert house.ask("GET", f"/v1/events/{shown}", key).status_code == 200
    assert house.ask("GET", "/metrics", key).status_code == 403
    everybody = house.key(Role.READER, name="all")
    assert len(house.ask("GET", "/v1/assets", everybody).json()["items"]) == 3


def test_a_key_for_a_place_delivers_for_its_machines_only(house: House) -> None:
    """The others, and those nobody declared, are refused record by record; the neighbours are kept."""
    key = house.key(Role.WRITER, "north")
    body = b"[" + b",".join(batch(1, asset=asset)[1:-1] for asset in ("pump-0", "pump-1", "new")) + b"]"
    answer = house.post(key, body).json()
    assert answer["accepted"] == 1
    verdicts = [(one["index"], one["reason"]) for one in answer["rejected"]]
    assert verdicts == [(1, "forbidden"), (2, "forbidden")]
    ends = b'{"pump-1": "2026-01-01T00:00:00Z"}'
    assert house.ask("POST", "/v1/sources/plc/end", key, ends).status_code == 403
    assert house.ask("POST", "/v1/sources/plc/end", key, ends.replace(b"p-1", b"p-0")).status_code == 202


def test_a_key_delivers_under_its_own_name(house: House) -> None:
    """Its name is the source; one below it may be said; another is refused."""
    key = house.key(Role.WRITER)
    for said in ({}, {"PDM_Source": "plc.line-1"}):
        assert house.post(key, batch(1), **said).status_code == 202
    assert house.post(key, batch(1), PDM_Source="historian").status_code == 403
    assert house.ask("POST", "/v1/sources/historian/end", key, b"{}").status_code == 403
    assert house.ask("POST", "/v1/sources/plc.line-1/end", key, b"{}").status_code == 202
    sources = [flush[0].block.source for flush in house.outlet.history]
    assert sources == [Source("plc"), Source("plc.line-1")]


@pytest.mark.parametrize("query", ["key=x", "token=x", "api_key=x", "Access_Token=x"])
@pytest.mark.parametrize("path", ["/v1/assets", "/healthz"])
def test_a_key_in_the_address_is_refused(house: House, path: str, query: str) -> None:
    """Whether it is in force or not: it is in somebody's log by now. The answer does not repeat it."""
    answer = house.ask("GET", f"{path}?{query}", house.key(Role.READER))
    assert answer.status_code == 400
    assert "Authorization: Bearer" in answer.json()["detail"]


def test_a_key_under_any_name_in_the_address_is_refused(house: House) -> None:
    """As clients of InfluxDB 1 send it, for one."""
    key = house.key(Role.READER)
    answer = house.ask("GET", f"/v1/assets?u=me&p={key}")
    assert answer.status_code == 400
    assert key not in answer.text


def test_who_delivers_too_much_is_told_when_to_come_again(house: House) -> None:
    """429 keeps nothing and counts; another key does not notice."""
    key, other = house.key(Role.WRITER, rate=0.001, burst=2), house.key(Role.WRITER, name="other")
    before = THROTTLED._value.get()
    assert house.post(key, batch(1, 2)).status_code == 202
    answer = house.post(key, batch(3))
    assert answer.status_code == 429
    assert 900 <= int(answer.headers["retry-after"]) <= 1000
    assert THROTTLED._value.get() == before + 1
    assert house.post(other, batch(4)).status_code == 202
    assert house.outlet.flushes == [[1.0, 2.0], [4.0]]


def test_a_page_of_another_site_changes_nothing(house: House) -> None:
    """Not even with a key, which a browser remembers for Basic; reading and our own pages may."""
    key = house.key(Role.ADMIN)
    for origin, status in [("http://evil.test", 403), ("null", 403), ("http://pdm.test", 202)]:
        assert house.post(key, batch(1), Origin=origin).status_code == status
    assert house.ask("GET", "/v1/assets", key, Origin="http://evil.test").status_code == 200
    assert len(house.outlet.history) == 1


class TestOnLoopback:
    """A gateway that only this machine reaches."""

    @pytest.fixture
    def house(self, tmp_path: Path) -> House:
        """Return a gateway that asks for no keys."""
        return House(tmp_path, required=False)

    @pytest.mark.parametrize("host", ["localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080", "[::1]"])
    def test_no_key_is_needed(self, house: House, host: str) -> None:
        """By any of this machine's own names, also where there are keys."""
        house.key(Role.READER)
        assert house.post("", batch(1), Host=host).status_code == 202
        assert house.ask("GET", "/v1/assets", Host=host).status_code == 200

    @pytest.mark.parametrize("host", ["evil.test", "evil.test:8080", "localhost.evil.test", "10.0.0.1"])
    def test_another_name_needs_a_key(self, house: House, host: str) -> None:
        """A name that was made to point here is a page's of somebody else; its reading is refused as well."""
        assert house.post("", batch(1), Host=host).status_code == 403
        assert house.ask("GET", "/v1/assets", Host=host).status_code == 403
        assert house.post(house.key(Role.WRITER), batch(1), Host=host).status_code == 202

    def test_where_a_request_says_it_comes_from_counts_for_nothing(self, tmp_path: Path) -> None:
        """Beyond loopback the headers of a proxy open nothing."""
        (tmp_path / "beyond").mkdir()
        beyond = House(tmp_path / "beyond")
        for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded"):
            answer = beyond.ask("GET", "/v1/assets", Host="localhost", **{header: "127.0.0.1"})
            assert answer.status_code == 401

    def test_a_key_that_is_sent_counts(self, house: House) -> None:
        """A wrong one is refused where there are keys; where there are none, it is nobody's business."""
        assert house.ask("GET", "/v1/assets", "anything", Host="localhost").status_code == 200
        key = house.key(Role.WRITER)
        assert house.ask("GET", "/v1/assets", "anything", Host="localhost").status_code == 401
        assert house.ask("GET", "/v1/assets", key, Host="localhost").status_code == 403
        assert house.post(key, batch(1), Host="localhost").status_code == 202
        assert house.outlet.history[0][0].block.source == Source("plc")


def test_the_description_says_what_needs_a_key(house: House) -> None:
    """And which answers that brings; real ones are among them."""
    key = house.key(Role.ADMIN)
    document = msgspec.json.decode(house.ask("GET", "/openapi.json", key).content)
    assert set(document["components"]["securitySchemes"]) == {"bearer", "basic"}
    for (method, path), need in NEEDS.items():
        described = document["paths"][path][method.lower()]
        assert bool(described["security"]) is need.key
        assert {"401", "403"} <= set(described["responses"]) or not need.key
    assert "429" in document["paths"]["/v1/readings"]["post"]["responses"]
    assert "Retry-After" in document["paths"]["/v1/readings"]["post"]["responses"]["429"]["headers"]
