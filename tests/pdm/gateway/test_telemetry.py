"""Telemetry over HTTP: the machine in the address, in the body, or where ThingsBoard has its token."""

import json
from typing import Any

import httpx
import pytest
from fakes.gateway import NOW, ask, gateway
from fakes.outlet import FakeOutlet

from pdm.plant.load import parse

PLANT = parse(
    """
[[machines]]
asset = "pump-7"
[machines.channels.temperature]
quantity = "temperature"
unit = "K"
""",
    "plant.toml",
)


@pytest.fixture
def outlet() -> FakeOutlet:
    """Return an outlet that takes everything."""
    return FakeOutlet()


def deliver(outlet: FakeOutlet, path: str, content: Any) -> httpx.Response:
    """Deliver telemetry."""
    return ask(gateway(outlet, PLANT), "POST", path, json.dumps(content).encode())


def test_telemetry_of_a_machine_is_taken(outlet: FakeOutlet) -> None:
    """By the channels that the plant file declares."""
    ts = NOW // 1_000_000
    answer = deliver(outlet, "/v1/telemetry?asset=pump-7", {"ts": ts, "values": {"temperature": 42}})
    assert (answer.status_code, answer.json()["accepted"]) == (202, 1)
    assert (outlet.flushes, outlet.frontiers) == ([[42.0]], [{"pump-7": NOW}])


def test_a_gateway_delivers_for_several_and_each_value_has_its_verdict(outlet: FakeOutlet) -> None:
    """What is not declared is not guessed."""
    content = {"pump-7": [{"temperature": 42, "humidity": 3}], "pump-8": [{"temperature": 42}]}
    answer = deliver(outlet, "/v1/telemetry", content)
    assert answer.status_code == 202
    rejected = answer.json()["rejected"]
    assert [(one["index"], one["reason"]) for one in rejected] == [(0, "no_mapping"), (1, "no_mapping")]


def test_what_means_nothing_is_a_problem(outlet: FakeOutlet) -> None:
    """No machine, no JSON, nothing accepted: 422, as everywhere."""
    assert deliver(outlet, "/v1/telemetry", {"temperature": 42}).status_code == 422
    assert ask(gateway(outlet), "POST", "/v1/telemetry?asset=a", b"{").status_code == 422
    assert deliver(outlet, "/v1/telemetry?asset=pump-8", {"x": 1}).json()["accepted"] == 0


def test_a_device_path_takes_the_name_of_a_declared_machine(outlet: FakeOutlet) -> None:
    """200, as devices expect."""
    answer = deliver(outlet, "/api/v1/pump-7/telemetry", {"temperature": 42})
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)


def test_a_token_that_is_no_machine_is_not_shown(
    outlet: FakeOutlet, caplog: pytest.LogCaptureFixture
) -> None:
    """It is a secret of somebody's."""
    with caplog.at_level("DEBUG", logger="pdm"):
        answer = deliver(outlet, "/api/v1/A1_TEST_TOKEN/telemetry", {"temperature": 42})
    assert answer.status_code == 404
    assert "A1_TEST_TOKEN" not in answer.text + "".join(
        r.getMessage() for r in caplog.records if r.name.startswith("pdm")
    )
    assert outlet.history == []
