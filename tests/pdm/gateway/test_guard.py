"""The guard at the door, with a gateway behind it."""

import base64
from pathlib import Path

import msgspec
import pytest
from fakes.gateway import batch
from fakes.house import House
from fakes.records import make_event

from pdm.access.denial import Denial
from pdm.access.keys import Role
from pdm.gateway.foreign import FOREIGN
from pdm.gateway.maintenance import MAINTENANCE
from pdm.gateway.operations import BACKLOG, DECISIONS, DOOR, HISTORY, QUERIES
from pdm.gateway.permissions import NEEDS, need_of
from pdm.gateway.rules import RULES
from pdm.metrics import DENIED, THROTTLED
from pdm.records.block import Source


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Return a gateway that asks for keys."""
    return House(tmp_path)


def basic(password: str, user: str = "anyone") -> str:
    """Write a header of HTTP Basic."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def test_every_operation_has_its_need() -> None:
    """What nobody listed would be for keys of the whole plant alone, which may be too little or too much."""
    listed = {
        (operation.method, operation.path)
        for operation in (*DOOR, *FOREIGN, *QUERIES, *MAINTENANCE, *RULES, *HISTORY, *DECISIONS, *BACKLOG)
    }
    assert set(NEEDS) == listed
    assert need_of("HEAD", "/v1/assets/pump-1") == NEEDS["GET", "/v1/assets/{asset}"]
    assert not need_of("GET", "/v1/assets/pump-1/secrets").by_place
    assert need_of("DELETE", "/v1/assets/pump-1").permission == "act"


def test_without_a_key_there_is_health_and_nothing_else(house: House) -> None:
    """401 says how a key comes; also for paths that do not exist."""
    for method, path in [*NEEDS, ("GET", "/nowhere"), ("DELETE", "/v1/events")]:
        answer = house.ask(method, path.replace("{", "").replace("}", ""))
        if path in {"/healthz", "/readyz", "/health", "/ping"}:
            assert answer.status_code in {200, 204}
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


def test_a_key_sees_the_receipts_and_payloads_it_may_speak_for(house: House) -> None:
    """A writer its own, an admin all of them, an admin of a place its own, a reader none."""
    plc, other = house.key(Role.WRITER), house.key(Role.WRITER, name="other")
    admin, near = house.key(Role.ADMIN, name="admin"), house.key(Role.ADMIN, "north", name="near")
    reader = house.key(Role.READER, name="r")
    keys = (plc, other, admin, near)
    name = house.post(plc, batch(1), Idempotency_Key="a").headers["PDM-Receipt"]
    listed = [house.ask("GET", "/v1/receipts", key).json()["items"] for key in keys]
    assert [len(items) for items in listed] == [1, 0, 1, 0]
    assert house.ask("GET", "/v1/receipts?source=plc", other).status_code == 403
    for path in (f"/v1/receipts/{name}", "/v1/sources/plc/last"):
        assert [house.ask("GET", path, key).status_code for key in keys] == [200, 404, 200, 404]
        assert house.ask("GET", path, reader).status_code == 403


def test_a_waveform_is_held_to_the_same_rules(house: House) -> None:
    """Role, source and place."""
    key = house.key(Role.WRITER, "north")
    one = {
        "channel": "de-acceleration",
        "time": "2026-01-01T00:00:00Z",
        "sampling_rate_hz": 25600,
        "unit": "m/s2",
        "samples": [0.1, -0.2] * 512,
    }
    body = msgspec.json.encode([{"asset": "pump-0", **one}, {"asset": "pump-1", **one}])
    answer = house.ask("POST", "/v1/waveforms", key, body, Content_Type="application/json").json()
    assert answer["accepted"] == 1
    assert [(refused["index"], refused["reason"]) for refused in answer["rejected"]] == [(1, "forbidden")]
    sent = {"Content_Type": "application/json"}
    assert house.ask("POST", "/v1/waveforms", key, body, PDM_Source="x", **sent).status_code == 403
    reader = house.key(Role.READER, name="r")
    assert house.ask("POST", "/v1/waveforms", reader, body, **sent).status_code == 403


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


def test_the_description_says_what_needs_a_key(house: House) -> None:
    """And which answers that brings; real ones are among them."""
    key = house.key(Role.ADMIN)
    document = msgspec.json.decode(house.ask("GET", "/openapi.json", key).content)
    assert set(document["components"]["securitySchemes"]) == {"bearer", "basic"}
    operations = [(method, path) for path, item in document["paths"].items() for method in item]
    assert operations
    for method, path in operations:
        need, described = need_of(method.upper(), path), document["paths"][path][method]
        assert bool(described["security"]) is need.key
        assert {"401", "403"} <= set(described["responses"]) or not need.key
    assert "429" in document["paths"]["/v1/readings"]["post"]["responses"]
    assert "Retry-After" in document["paths"]["/v1/readings"]["post"]["responses"]["429"]["headers"]
