"""The client as programs use it: sent is on disk, delivered in the background, light to import."""

import math
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec
import pytest
from fakes.gateway import gateway
from fakes.moody_gateway import MoodyGateway
from fakes.outlet import FakeOutlet
from fakes.serving import Serving, unused_port
from waiting import until

from pdm.client import Client, Refused, SpoolError
from pdm.client.web import Poster


def test_readings_reach_a_gateway_over_http(tmp_path: Path) -> None:
    """In order; the one that is refused reaches the callback."""
    outlet, refused = FakeOutlet(), list[Refused]()
    at = datetime(2026, 1, 1, tzinfo=UTC)
    with Serving(gateway(outlet)) as serving:
        client = Client(serving.url, tmp_path, source="plc", on_refused=refused.append)
        for i in range(20):
            client.send("pump-1", "de-velocity", float(i), "m/s", "vibration", at)
        client.send("pump-1", "de-velocity", 1.0, "bar", "vibration", at)
        assert client.flush(10)
        assert client.state.pending == 0
        client.close()
    assert [value for flush in outlet.flushes for value in flush] == [float(i) for i in range(20)]
    assert {packed.block.source.name for flush in outlet.history for packed in flush} == {"plc"}
    assert [one.reason for one in refused] == ["unknown_unit"]


def test_what_could_not_be_delivered_goes_with_the_next_start(tmp_path: Path) -> None:
    """Closing does not wait for ever."""
    client = Client(f"http://127.0.0.1:{unused_port()}", tmp_path)
    client.send("pump-1", "c", 1.0, "m/s", "vibration")
    until(lambda: bool(client.state.trouble))
    assert not client.flush(0.01)
    client.close(timeout=0.01)
    assert client.state.trouble.startswith("no answer")
    gateway = MoodyGateway()
    with Client("http://unused", tmp_path, post=gateway) as again:
        assert again.flush(10)
    (line,) = gateway.accepted
    reading = msgspec.json.decode(line)
    assert (reading["asset"], reading["value"], reading["time"][-1]) == ("pump-1", 1.0, "Z")


def test_what_cannot_be_meant_is_refused_at_once(tmp_path: Path) -> None:
    """A value that is no number, a time without a zone, a client that is closed."""
    client = Client("http://unused", tmp_path, post=MoodyGateway())
    with pytest.raises(ValueError, match="finite"):
        client.send("a", "c", math.nan, "m/s", "vibration")
    with pytest.raises(ValueError, match="zone"):
        client.send("a", "c", 1.0, "m/s", "vibration", datetime(2026, 1, 1))  # noqa: DTZ001 - what is refused
    with pytest.raises(SpoolError):
        Client("http://unused", tmp_path)
    client.close()
    with pytest.raises(ValueError, match="closed"):
        client.send("a", "c", 1.0, "m/s", "vibration")


def test_source_and_key_travel_in_headers() -> None:
    """The key as a bearer token, never in the address."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(202, headers={"X-Y": "1"}, content=b"{}")

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        found = Poster("https://gw.example/", "plc", "secret", client)(b"{}", {"Idempotency-Key": "a"})
    (request,) = seen
    assert str(request.url) == "https://gw.example/v1/readings"
    assert (request.headers["authorization"], request.headers["pdm-source"]) == ("Bearer secret", "plc")
    assert (found.status, found.headers["x-y"]) == (202, "1")


def test_importing_it_is_light() -> None:
    """A gateway at the edge has no room for what the service needs."""
    heavy = "{'numpy', 'numba', 'faust', 'aiokafka', 'starlette', 'sqlalchemy', 'kafka'}"
    code = f"import sys, pdm.client; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"
