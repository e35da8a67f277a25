"""Idempotent requests, receipts that can be asked for again, and the last payload of a source."""

import asyncio
import sqlite3
from pathlib import Path

import httpx
import pytest
from fakes.gateway import NOW, ask, batch, post, with_client
from fakes.outlet import FakeOutlet
from starlette.applications import Starlette

from pdm.broker.fill import Fill
from pdm.broker.pressure import Pressure
from pdm.broker.topics import FRAMES
from pdm.errors import BrokerError
from pdm.gateway.app import create_app
from pdm.plant.load import load, parse
from pdm.receipts.book import Book

RULE = """
[[mappings]]
name = "all"
measurement = "*"
asset = ["{asset}", "{device}"]
channel = "{field}"
quantity = "temperature"
unit = "degC"
"""
MIXED = batch(1)[:-1] + b"," + batch(2, unit="bar")[1:]
"""One good reading, one that is none."""


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        """Tell the time."""
        return self.now


def app_on(outlet: FakeOutlet, book: Book | None = None, clock: Clock | None = None) -> Starlette:
    """Make a gateway with a book."""
    return create_app(load(), outlet, 1, clock_ns=clock or Clock(), linger_s=0.0, book=book)


def test_a_repeat_is_answered_as_before_and_delivers_nothing() -> None:
    """The same bytes, status and receipt, verdicts too."""
    outlet = FakeOutlet()
    app = app_on(outlet)
    first = post(app, MIXED, Idempotency_Key="a-1", PDM_Source="plc")
    again = post(app, MIXED, Idempotency_Key="a-1", PDM_Source="plc")
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert first.headers["PDM-Receipt"] == again.headers["PDM-Receipt"]
    assert outlet.flushes == [[1.0]]
    refused = post(app, batch(2, unit="bar"), Idempotency_Key="a-2")
    assert refused.status_code == 422
    assert post(app, batch(2, unit="bar"), Idempotency_Key="a-2").content == refused.content


def test_a_key_for_something_else_is_refused() -> None:
    """Other bytes, another lateness: 422. Another source may use the same key."""
    app = app_on(FakeOutlet())
    assert post(app, batch(1), Idempotency_Key="a").status_code == 202
    for other in (
        post(app, batch(2), Idempotency_Key="a"),
        post(app, batch(1), Idempotency_Key="a", PDM_Lateness="0"),
    ):
        assert other.status_code == 422
        assert "another request" in other.json()["detail"]
        assert "accepted" not in other.json()
    assert post(app, batch(2), Idempotency_Key="a", PDM_Source="plc").status_code == 202
    assert post(app, batch(2), Idempotency_Key="a b").status_code == 400


def test_what_the_broker_did_not_take_is_delivered_by_the_repeat() -> None:
    """503 settles nothing."""
    outlet = FakeOutlet()
    outlet.errors = [BrokerError("away")]
    app = app_on(outlet)
    assert post(app, batch(1), Idempotency_Key="a").status_code == 503
    again = post(app, batch(1), Idempotency_Key="a")
    assert (again.status_code, again.headers.get("Idempotency-Replayed")) == (202, None)
    assert len(outlet.history) == 2


def test_two_at_once_with_one_key_are_one_delivery() -> None:
    """The second waits for the first, and gets its answer."""
    outlet = FakeOutlet()
    outlet.gate = asyncio.Event()
    headers = {"Content-Type": "application/json", "Idempotency-Key": "a"}

    async def use(client: httpx.AsyncClient) -> list[httpx.Response]:
        asking = [
            asyncio.create_task(client.post("/v1/readings", content=batch(1), headers=headers)) for _ in "ab"
        ]
        await outlet.reached.wait()
        assert outlet.gate is not None
        outlet.gate.set()
        return await asyncio.gather(*asking)

    first, second = with_client(app_on(outlet), use)
    assert first.content == second.content
    assert [r.headers.get("Idempotency-Replayed") for r in (first, second)] == [None, "true"]
    assert outlet.flushes == [[1.0]]


def test_the_answer_is_there_after_a_restart_and_gone_after_a_day(tmp_path: Path) -> None:
    """It was on disk before it was given."""
    outlet, clock = FakeOutlet(), Clock()
    first = post(app_on(outlet, Book(tmp_path / "r.sqlite"), clock), batch(1), Idempotency_Key="a")
    restarted = app_on(outlet, Book(tmp_path / "r.sqlite"), clock)
    assert post(restarted, batch(1), Idempotency_Key="a").content == first.content
    assert len(outlet.history) == 1
    clock.now += 86_400 * 10**9 + 1
    late = post(restarted, batch(1), Idempotency_Key="a")
    assert "Idempotency-Replayed" not in late.headers
    assert len(outlet.history) == 2


def test_a_disk_that_refuses_loses_receipts_and_no_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The readings are with the broker: that is what 202 means."""

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    book = Book(None)
    monkeypatch.setattr(book, "write", full)
    assert post(app_on(FakeOutlet(), book), MIXED, Idempotency_Key="a").status_code == 202


def test_verdicts_can_be_asked_for_again() -> None:
    """In a list, by source, and one by one with the whole answer; what had none to give is not kept."""
    app = app_on(FakeOutlet())

    async def use(client: httpx.AsyncClient) -> None:
        headers = {"Content-Type": "application/json", "PDM-Source": "plc"}
        fine = await client.post("/v1/readings", content=batch(1), headers=headers)
        assert "PDM-Receipt" not in fine.headers
        mixed = [await client.post("/v1/readings", content=MIXED, headers=headers) for _ in range(3)]
        names = [answer.headers["PDM-Receipt"] for answer in mixed]
        page = (await client.get("/v1/receipts", params={"source": "plc", "limit": 2})).json()
        assert [(line["id"], line["accepted"], line["refused"]) for line in page["items"]] == [
            (names[2], 1, 1),
            (names[1], 1, 1),
        ]
        rest = await client.get(
            "/v1/receipts", params={"cursor": page["next"], "since": "2026-01-01T00:00:00Z"}
        )
        assert [line["id"] for line in rest.json()["items"]] == [names[0]]
        assert rest.json()["next"] is None
        one = (await client.get(f"/v1/receipts/{names[0]}")).json()
        assert one["answer"] == mixed[0].json()
        assert (await client.get("/v1/receipts/nothing")).status_code == 404
        assert (await client.get("/v1/receipts?cursor=x")).status_code == 400
        assert (await client.get("/v1/receipts?colour=red")).status_code == 400
        nobody = await client.get("/v1/receipts?source=nobody")
        assert nobody.json() == {"items": [], "next": None}

    with_client(app, use)


def test_the_last_payload_of_a_source_is_shown_with_its_verdict() -> None:
    """Its beginning, never its headers; the totals are of all requests."""
    app = app_on(FakeOutlet())
    assert ask(app, "GET", "/v1/sources/plc/last").status_code == 404
    post(app, batch(*range(100)), PDM_Source="plc", Authorization="Bearer secret-key")
    post(app, MIXED, PDM_Source="plc", Authorization="Bearer secret-key")
    answer = ask(app, "GET", "/v1/sources/plc/last")
    found = answer.json()
    assert found["payload"].encode() == MIXED
    assert (found["status"], found["accepted"], found["refused"], found["length"]) == (202, 1, 1, len(MIXED))
    assert found["rejected"][0]["reason"] == "unknown_unit"
    assert (found["requests"], found["total_accepted"], found["total_refused"]) == (2, 101, 1)
    assert "secret" not in answer.text


def far_behind() -> Pressure:
    """Say that a stage is far behind."""
    pressure = Pressure()
    pressure.note({"monitor": Fill(0.7, FRAMES, 0)})
    return pressure


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("/v1/readings", batch(1)),
        ("/v1/backfill", batch(1)),
        ("/v1/waveforms", b"[]"),
        ("/v1/telemetry?asset=pump-1", b'{"temperature":20}'),
        ("/api/v2/write?bucket=b", b"motor,host=a temperature=20"),
        ("/write?db=b", b"motor,host=a temperature=20"),
    ],
)
def test_no_door_takes_more_while_a_stage_is_far_behind(path: str, content: bytes) -> None:
    """503 with a time to come again and the stage that is behind; nothing reaches the broker."""
    outlet = FakeOutlet()
    app = create_app(load(), outlet, 1, clock_ns=lambda: NOW, linger_s=0.0, pressure=far_behind())
    answer = ask(app, "POST", path, content, Content_Type="application/json")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "monitor has yet to read 70%" in answer.text
    assert (outlet.history, outlet.messages) == ([], [])


def test_a_repeat_is_answered_while_a_stage_is_far_behind() -> None:
    """What was accepted before needs no room."""
    pressure = Pressure()
    app = create_app(load(), FakeOutlet(), 1, clock_ns=lambda: NOW, linger_s=0.0, pressure=pressure)
    first = post(app, batch(1), Idempotency_Key="a")
    pressure.note({"monitor": Fill(0.7, FRAMES, 0)})
    assert post(app, batch(1), Idempotency_Key="a").content == first.content
    assert ask(app, "GET", "/readyz").json()["detail"].startswith("readings are held back: monitor")
    assert post(app, batch(1), Idempotency_Key="b").status_code == 503
    pressure.note({"monitor": Fill(0.1, FRAMES, 0)})
    assert post(app, batch(1), Idempotency_Key="b").status_code == 202


@pytest.mark.parametrize(
    ("path", "known", "new"),
    [
        ("/v1/readings", batch(1), batch(2, asset="pump-2")),
        ("/v1/telemetry?asset=pump-1", b'{"t":20}', b'{"u":20}'),
        ("/api/v2/write?verdicts=1", b"m,asset=a t=20", b"m,asset=b t=20"),
    ],
)
def test_every_door_bounds_the_names_that_nobody_declared(path: str, known: bytes, new: bytes) -> None:
    """The second name is refused with its reason, and the first is taken again."""
    plant = parse(RULE, "plant.toml")
    app = create_app(plant, FakeOutlet(), 1, clock_ns=lambda: NOW, linger_s=0.0, new_names=1)
    told = [ask(app, "POST", path, one, Content_Type="application/json") for one in (known, new, known)]
    assert [answer.status_code for answer in told] == [202, 422, 202], told[0].text + told[1].text
    assert [one["reason"] for one in told[1].json()["rejected"]] == ["too_many_names"]
