"""Foreign points at the door: the same verdicts and columns as readings in JSON have."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdm.chain.acquisition.admit import Admission, admit
from pdm.chain.acquisition.admit_points import admit_points
from pdm.chain.acquisition.decode import JSON
from pdm.chain.acquisition.lines import read
from pdm.chain.acquisition.series import Known, Series
from pdm.instant import nanoseconds
from pdm.plant.load import parse

PLANT = parse(
    """
[plant]
strict = true

[[machines]]
asset = "a"
[machines.channels.de]
quantity = "vibration"
unit = "mm/s"
valid = [0, 100]

[[machines]]
asset = "b"
[machines.channels.t]
quantity = "temperature"
unit = "°C"

[[mappings]]
asset = "{machine}"
channel = "{field}"
quantity = "{quantity}"
unit = "{unit}"
""",
    "plant.toml",
)
NOW = nanoseconds("2026-06-01T00:00:00Z")
READINGS = st.fixed_dictionaries(
    {
        "asset": st.sampled_from(["a", "b", "stranger"]),
        "channel": st.sampled_from(["de", "t", "other"]),
        "quantity": st.sampled_from(["vibration", "temperature"]),
        "unit": st.sampled_from(["mm/s", "°C", "g", "bar", "furlong"]),
        "value": st.sampled_from([1.5, -3.0, 1e20, 99.0]),
        "time": st.sampled_from([NOW, NOW - 5, NOW + 10**12, -1]),
    }
)


def admitted(*lines: str, plant: Any = PLANT) -> Admission:
    """Let lines through the door."""
    known = Series(plant)
    return admit_points(read("\n".join(lines).encode(), known, 1, NOW), known, NOW)


def line(reading: dict[str, Any]) -> str:
    """Write a reading as a line."""
    return "m,machine={asset},quantity={quantity},unit={unit} {channel}={value!r} {time}".format(**reading)


def rows(found: Admission) -> list[tuple[Any, ...]]:
    """Write the accepted readings with their names."""
    columns = found.columns
    return [
        (columns.assets[m], columns.channels[c], time, value, quality)
        for m, c, time, value, quality in zip(
            columns.machine, columns.channel, columns.time, columns.value, columns.quality, strict=True
        )
    ]


@given(st.lists(READINGS, min_size=1, max_size=8))
def test_a_reading_is_judged_alike_in_either_protocol(readings: list[dict[str, Any]]) -> None:
    """Names, units, ranges, clock, strictness: one judge."""
    as_json = admit(json.dumps([{**r, "time_unit": "ns"} for r in readings]).encode(), JSON, PLANT, NOW)
    as_lines = admitted(*map(line, readings))
    assert rows(as_lines) == rows(as_json)
    assert [(r.index, r.reason) for r in as_lines.rejected] == [(r.index, r.reason) for r in as_json.rejected]
    assert as_lines.duplicates == as_json.duplicates


def test_each_kind_of_refusal_has_its_line_and_neighbours_stay() -> None:
    """No line, no rule, no number, no such channel, out of range: in the order of the lines."""
    found = admitted(
        "m,machine=a,unit=mm/s de=1",
        "nonsense",
        "m,host=h x=1",
        'm,machine=a,unit=mm/s de="text",x=2',
        "m,machine=a,unit=mm/s de=101,de=NaN",
        "m,machine=a,unit=mm/s de=2",
    )
    assert [(r.index, r.reason.value) for r in found.rejected] == [
        (1, "malformed"),
        (2, "no_mapping"),
        (3, "no_mapping"),
        (3, "unknown_asset"),
        (4, "not_finite"),
        (4, "out_of_range"),
    ]
    assert found.columns.value.tolist() == [0.001, 0.002]
    assert found.duplicates == 1


def test_what_is_left_out_is_counted() -> None:
    """Numbers and texts; they are neither accepted nor refused."""
    found = admitted("x,id=1,host=h Quality=3", 'x,id=1,host=h Quality="OK"', plant=parse("", "none"))
    assert (len(found.columns), found.rejected, found.ignored) == (0, (), 2)


@pytest.mark.parametrize("stamp", ["1764500000", "1764500000000", "1764500000000000"])
def test_a_timestamp_of_another_precision_is_not_taken_for_1970(stamp: str) -> None:
    """Seconds read as nanoseconds are a mistake, and not half a century ago."""
    (refused,) = admitted(f"m,machine=a,unit=mm/s de=1 {stamp}").rejected
    assert (refused.reason, "precision" in refused.detail) == ("out_of_range", True)


def test_the_columns_name_only_what_is_in_them() -> None:
    """Not what was refused or left out beside it."""
    found = admitted("m,machine=b,host=x,id=1,unit=°C t=1,Quality=2", "m,machine=c,unit=°C t=1")
    assert (found.columns.assets, [c.name for c in found.columns.channels]) == (["b"], ["t"])


def test_series_are_forgotten_where_they_become_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tags may be anything; between requests only, so that numbers stay what they are within one."""
    monkeypatch.setattr("pdm.chain.acquisition.series.MOST_SERIES", 2)
    monkeypatch.setattr("pdm.chain.acquisition.series.MOST_CLASSES", 2)
    known = Known(PLANT)
    first = known.of("")
    read(b"m,machine=a x=1,y=2", first, 1, NOW)
    assert known.of("") is first
    read(b"m,machine=a z=1", first, 1, NOW)
    second = known.of("")
    assert second is not first
    assert known.of("pump") is not second
    assert known.of("fan") is known.of("fan")
    assert known.of("") is not second
