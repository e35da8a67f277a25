"""POST /v1/waveforms: as JSON or as float32, in SI units on its topic, and a verdict for each."""

import json
from typing import Any

import msgspec
import numpy as np
import pytest
from fakes.gateway import ask, gateway
from fakes.outlet import FakeOutlet

from pdm.broker.topics import WAVEFORM
from pdm.errors import BrokerError
from pdm.plant.load import parse
from pdm.records.waveform import Waveform

GOOD: dict[str, Any] = {
    "asset": "pump-1",
    "channel": "de-acceleration",
    "time": "2026-01-01T00:00:00Z",
    "sampling_rate_hz": 25_600,
    "unit": "g",
    "samples": [0.5, -0.5] * 128,
}
HEADERS = {
    "Content_Type": "application/octet-stream",
    "PDM_Asset": "pump-1",
    "PDM_Channel": "de-velocity",
    "PDM_Time": "2026-01-01T00:00:00Z",
    "PDM_Sampling_Rate": "10000",
    "PDM_Unit": "mm/s",
}


def posted(outlet: FakeOutlet, content: bytes, **headers: str) -> Any:
    """Post waveforms."""
    return ask(
        gateway(outlet), "POST", "/v1/waveforms", content, **{"Content_Type": "application/json", **headers}
    )


def waveforms(outlet: FakeOutlet) -> list[Waveform]:
    """Return what reached the topic."""
    assert {message.topic for message in outlet.messages} <= {WAVEFORM}
    return [msgspec.msgpack.decode(message.value, type=Waveform) for message in outlet.messages]


def test_one_as_json() -> None:
    """In m/s2, keyed by its machine."""
    outlet = FakeOutlet()
    answer = posted(outlet, json.dumps(GOOD).encode(), PDM_Source="das", PDM_Class="pump")
    assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "rejected": [], "duplicates": 0})
    (found,) = waveforms(outlet)
    assert (found.asset, found.channel, found.unit, found.sampling_rate_hz) == (
        "pump-1",
        "de-acceleration",
        "m/s2",
        25_600.0,
    )
    assert (found.source.name, found.machine_class) == ("das", "pump")
    assert np.frombuffer(found.samples, "<f4")[:2].tolist() == pytest.approx([4.903325, -4.903325])
    assert outlet.messages[0].key == b"pump-1"


def test_one_as_float32() -> None:
    """Headers say what it is; the largest one fits a message."""
    outlet = FakeOutlet()
    samples = np.linspace(-1, 1, 1 << 20).astype("<f4")
    assert posted(outlet, samples.tobytes(), **HEADERS).status_code == 202
    (found,) = waveforms(outlet)
    assert (found.unit, found.sampling_rate_hz) == ("m/s", 10_000.0)
    assert np.frombuffer(found.samples, "<f4") == pytest.approx(samples / 1e3)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"asset": "a b"}, "bad_name"),
        ({"channel": ""}, "bad_name"),
        ({"unit": "bar"}, "unknown_unit"),
        ({"unit": "um"}, "unknown_unit"),
        ({"time": "yesterday"}, "malformed"),
        ({"time": 5}, "malformed"),
        ({"time": "1960-01-01T00:00:00Z"}, "out_of_range"),
        ({"time": "2030-01-01T00:00:00Z"}, "future"),
        ({"sampling_rate_hz": 0.5}, "out_of_range"),
        ({"sampling_rate_hz": 200_001}, "out_of_range"),
        ({"samples": [1.0] * 255}, "out_of_range"),
        ({"samples": [1e300] * 256}, "not_finite"),
        ({"samples": [1e9] * 256}, "out_of_range"),
        ({"samples": ["1"] * 256}, "malformed"),
        ({"samples": None}, "malformed"),
    ],
)
def test_what_is_wrong_is_said_and_the_neighbour_is_kept(changes: dict[str, Any], reason: str) -> None:
    """Index and reason, as for readings."""
    outlet = FakeOutlet()
    answer = posted(outlet, json.dumps([{**GOOD, **changes}, GOOD]).encode())
    assert answer.status_code == 202
    assert [(r["index"], r["reason"]) for r in answer.json()["rejected"]] == [(0, reason)]
    assert len(waveforms(outlet)) == 1


@pytest.mark.parametrize(
    ("headers", "content", "detail"),
    [
        ({"PDM_Asset": ""}, b"\0" * 1024, "PDM-Asset is missing"),
        ({"PDM_Sampling_Rate": "fast"}, b"\0" * 1024, "no number"),
        ({"PDM_Sampling_Rate": "nan"}, b"\0" * 1024, "sampling rate"),
        ({}, b"\0" * 1025, "no float32"),
        ({}, np.full(256, np.nan, "<f4").tobytes(), "sample 0 is not a finite number"),
        ({}, b"\0" * 4 * ((1 << 20) + 1), "1048577 samples"),
    ],
)
def test_a_binary_body_that_cannot_be_used(headers: dict[str, str], content: bytes, detail: str) -> None:
    """422 with the reason, and nothing is sent."""
    outlet = FakeOutlet()
    answer = posted(outlet, content, **{**HEADERS, **headers})
    assert answer.status_code == 422
    assert detail in answer.json()["rejected"][0]["detail"]
    assert outlet.messages == []


def test_the_plant_file_counts() -> None:
    """A channel declared as something else is refused; strict plants take what they name."""
    plant = parse(
        '[plant]\nname = "p"\ntimezone = "UTC"\nstrict = true\n'
        '[[machines]]\nasset = "pump-1"\nclass = "pump"\n'
        '[classes.pump.channels.de-acceleration]\nquantity = "vibration"\nunit = "mm/s"\n',
        "plant.toml",
    )
    outlet = FakeOutlet()
    answer = ask(
        gateway(outlet, plant),
        "POST",
        "/v1/waveforms",
        json.dumps([GOOD, {**GOOD, "unit": "mm/s"}, {**GOOD, "asset": "other"}]).encode(),
    )
    assert [(r["index"], r["reason"]) for r in answer.json()["rejected"]] == [
        (0, "unknown_unit"),
        (2, "unknown_asset"),
    ]


def test_the_rest_is_as_for_readings() -> None:
    """Types that are not read, a broker that is away, repeats with a key."""
    outlet = FakeOutlet()
    assert posted(outlet, b"", Content_Type="text/csv").status_code == 415
    outlet.errors = [BrokerError("away")]
    assert posted(outlet, json.dumps(GOOD).encode()).status_code == 503
    app = gateway(outlet)
    content, headers = json.dumps(GOOD).encode(), {"Content_Type": "application/json", "Idempotency_Key": "w"}
    first = ask(app, "POST", "/v1/waveforms", content, **headers)
    again = ask(app, "POST", "/v1/waveforms", content, **headers)
    assert (first.status_code, again.headers["Idempotency-Replayed"]) == (202, "true")
    assert len(outlet.messages) == 2
