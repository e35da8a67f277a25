"""Telemetry in the shapes that ThingsBoard's devices and gateways send."""

import json
from typing import Any

import pytest

from pdm.chain.acquisition.admit import Admission
from pdm.chain.acquisition.admit_points import admit_points
from pdm.chain.acquisition.series import Series
from pdm.chain.acquisition.telemetry import read_telemetry
from pdm.errors import RefusedError
from pdm.instant import nanoseconds
from pdm.plant.load import parse

PLANT = parse(
    """
[[mappings]]
measurement = "telemetry"
fields = ["temp*", "door"]
asset = "{device}"
channel = "{field}"
quantity = "process"
unit = "°C"
booleans = true
""",
    "plant.toml",
)
NOW = nanoseconds("2026-06-01T00:00:00Z")
MS = 1_000_000
TS = NOW // MS - 1_000


def admitted(content: Any, device: str | None = "pump-7") -> Admission:
    """Let a body through the door."""
    known = Series(PLANT)
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return admit_points(read_telemetry(body, device, known, NOW), known, NOW)


@pytest.mark.parametrize(
    ("content", "times"),
    [
        ({"temperature": 42}, [NOW]),
        ({"ts": TS, "values": {"temperature": 42}}, [TS * MS]),
        ([{"ts": TS, "values": {"temperature": 42}}, {"temperature": 42}], [TS * MS, NOW]),
        ({"ts": float(TS), "values": {"temperature": 42.0, "door": True}}, [TS * MS] * 2),
    ],
)
def test_each_shape_is_read(content: Any, times: list[int]) -> None:
    """With its time in ms, or that of its arrival."""
    found = admitted(content)
    assert (found.columns.assets, found.rejected) == (["pump-7"], ())
    assert found.columns.time.tolist() == times
    assert found.columns.value[0] == 42 + 273.15


def test_a_gateway_names_its_devices() -> None:
    """Each with a list of records; their names are made to fit."""
    records = {"Device A": [{"ts": TS, "values": {"temp": 1}}, {"temp": 2}], "b": [{"temp": 3}]}
    found = admitted(records, None)
    assert [name[:8] for name in found.columns.assets] == ["Device-A", "b"]
    assert len(found.columns) == 3


def test_each_bad_record_has_its_verdict() -> None:
    """Its neighbours stay; a key without a unit is not guessed."""
    found = admitted(
        [
            {"temp": 1},
            7,
            {"ts": "now", "values": {"temp": 1}},
            {"ts": TS, "values": [1]},
            {"temp": "hot"},
            {"temp": None},
            {"temp": 10**400},
            {"humidity": 5},
            {"ts": TS // 1000, "values": {"temp": 1}},
        ]
    )
    assert [(r.index, r.reason.value) for r in found.rejected] == [
        (1, "malformed"),
        (2, "malformed"),
        (3, "malformed"),
        (4, "no_mapping"),
        (5, "no_mapping"),
        (6, "not_finite"),
        (7, "no_mapping"),
        (8, "out_of_range"),
    ]
    assert len(found.columns) == 1


@pytest.mark.parametrize("content", [b"", b"{", b'{"temp": NaN}', b"7", b'"x"', b"\xff"])
def test_a_body_that_means_nothing_is_refused_as_a_whole(content: bytes) -> None:
    """With a sentence."""
    with pytest.raises(RefusedError):
        admitted(content)


def test_somebody_must_name_the_machine() -> None:
    """The address or the body."""
    with pytest.raises(RefusedError, match="which machine"):
        admitted({"temp": 1}, None)
