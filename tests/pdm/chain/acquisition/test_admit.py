"""The door: what is kept, what is refused and why, in arrays, objects and lines."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdm.chain.acquisition.admit import AHEAD_NS, Admission, admit
from pdm.chain.acquisition.decode import JSON, LARGEST_RECORD, MOST_READINGS, NDJSON
from pdm.errors import RefusedError
from pdm.instant import NS, nanoseconds, rfc3339
from pdm.plant.load import load, parse
from pdm.plant.spec import Plant
from pdm.records.block import Channel
from pdm.records.reading import Reason

NOW = nanoseconds("2026-06-01T00:00:00Z")
PLANT = load()
GOOD = {
    "asset": "pump-1",
    "channel": "de-velocity",
    "quantity": "vibration",
    "time": "2026-01-01T00:00:00Z",
    "value": 2.5,
    "unit": "mm/s",
}
STRICT = parse(
    """
[plant]
strict = true
[classes.c.channels.t]
quantity = "temperature"
unit = "degC"
valid = [-40, 200]
[[machines]]
asset = "m"
class = "c"
""",
    "strict.toml",
)


def one(plant: Plant = PLANT, **changes: Any) -> Admission:
    """Admit one reading that differs from a good one."""
    return admit(json.dumps({**GOOD, **changes}).encode(), JSON, plant, NOW)


def batch(*records: bytes | dict[str, Any]) -> bytes:
    """Write an array of good readings, changed ones and raw texts."""
    texts = [r if isinstance(r, bytes) else json.dumps({**GOOD, **r}).encode() for r in records]
    return b"[" + b", ".join(texts) + b"]"


def reasons(admission: Admission) -> list[tuple[int, str]]:
    """Give place and reason of each rejection."""
    return [(r.index, str(r.reason)) for r in admission.rejected]


def test_a_reading_becomes_si_columns() -> None:
    """Name, channel, time, SI value and quality come out as they were meant."""
    columns = one(quality="uncertain", time="2026-01-01T01:00:00.5+01:00").columns
    assert (columns.assets, columns.classes) == (["pump-1"], [""])
    assert columns.channels == [Channel("de-velocity", "vibration", "m/s")]
    assert columns.time.tolist() == [nanoseconds("2026-01-01T00:00:00.5Z")]
    assert columns.value.tolist() == [0.0025]
    assert columns.quality.tolist() == [2]
    kinds = [columns.machine.dtype, columns.channel.dtype, columns.time.dtype, columns.value.dtype]
    assert [str(kind) for kind in kinds] == ["uint32", "uint16", "int64", "float64"]


@pytest.mark.parametrize(
    ("changes", "reason", "detail"),
    [
        ({"asset": "a b"}, "bad_name", "'a b'"),
        ({"asset": "a\n"}, "bad_name", "asset"),
        ({"asset": "-a"}, "bad_name", "asset"),
        ({"channel": "x" * 129}, "bad_name", "channel"),
        ({"quantity": "humour"}, "malformed", "quantity"),
        ({"unit": "furlong"}, "unknown_unit", "furlong"),
        ({"unit": "bar"}, "unknown_unit", "does not fit"),
        ({"unit": "x" * 10_000}, "unknown_unit", "xxx"),
        ({"time": "yesterday"}, "malformed", "RFC 3339"),
        ({"time": "2026-01-01T00:00:00"}, "malformed", "zone"),
        ({"time": 1767225600}, "malformed", "time_unit"),
        ({"time": None}, "malformed", "time"),
        ({"time": "1969-12-31T23:59:59Z"}, "out_of_range", "1970"),
        ({"time": rfc3339(NOW + AHEAD_NS + NS)}, "future", "5 min"),
        ({"time": "9999-12-31T23:59:59Z"}, "future", "5 min"),
        ({"time": 10**25, "time_unit": "s"}, "future", "5 min"),
        ({"value": 1e19}, "out_of_range", "1e+16"),
        ({"value": -1.7e308}, "out_of_range", "no plant"),
        ({"value": "2.5"}, "malformed", "value"),
        ({"value": None}, "malformed", "value"),
        ({"value": True}, "malformed", "value"),
        ({"quality": "splendid"}, "malformed", "quality"),
        ({"time_unit": "fortnight"}, "malformed", "time_unit"),
    ],
)
def test_a_wrong_reading_is_refused_and_its_neighbours_are_kept(
    changes: dict[str, Any], reason: str, detail: str
) -> None:
    """Each mistake has its reason, a short detail, and no effect on the readings beside it."""
    admission = admit(batch({}, changes, {"value": 3}), JSON, PLANT, NOW)
    assert reasons(admission) == [(1, reason)]
    assert detail in admission.rejected[0].detail
    assert len(admission.rejected[0].detail) <= 160
    assert admission.columns.value.tolist() == [0.0025, 0.003]
    assert admission.columns.assets == ["pump-1"]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b"", "malformed"), (b"1", "malformed"), (b"null", "malformed"), (b'"},{"', "malformed"),
        (b"{", "malformed"), (b"{]", "malformed"), (b'{"asset": "a', "malformed"), (b"\xff", "malformed"),
        (b"[[[[[[[[", "malformed"),
        (json.dumps(GOOD).replace("2.5", "NaN").encode(), "not_finite"),
        (json.dumps(GOOD).replace("2.5", "-Infinity").encode(), "not_finite"),
        (json.dumps(GOOD).replace("2.5", "1e400").encode(), "not_finite"),
        (json.dumps(GOOD).replace("2.5", '"NaN"').encode(), "not_finite"),
        (json.dumps(GOOD).replace('"pump-1"', '"pump-1').encode(), "malformed"),
        (json.dumps(GOOD).replace("pump-1", "x" * 2_000_000).encode(), "too_large"),
        (json.dumps({**GOOD, "note": "x" * 2_000_000}).encode(), "too_large"),
    ],
)  # fmt: skip
def test_a_broken_record_leaves_its_neighbours(record: bytes, reason: str) -> None:
    """JSON that no parser takes costs one reading; neither answer nor detail carries it back."""
    admission = admit(batch({}, {}, record, {"value": 3}), JSON, PLANT, NOW)
    assert reasons(admission) == [(2, reason)]
    assert admission.columns.value.tolist() == [0.0025, 0.0025, 0.003]
    assert len(admission.rejected[0].detail) <= 160


def test_lines_are_judged_by_their_number() -> None:
    """In NDJSON the index is the line, blank ones counted; CRLF and a missing end of line are taken."""
    line = json.dumps(GOOD).encode()
    bad = line.replace(b"2.5", b"NaN")
    admission = admit(line + b"\r\n\r\n" + bad + b"\n" + line + b"\nnonsense\n" + line, NDJSON, PLANT, NOW)
    assert reasons(admission) == [(2, "not_finite"), (4, "malformed")]
    assert len(admission.columns) == 3
    assert reasons(admit(b"\n\n" + line.replace(b"mm/s", b"m"), NDJSON, PLANT, NOW)) == []
    assert reasons(admit(b"\n\n" + line.replace(b"mm/s", b"bar"), NDJSON, PLANT, NOW)) == [
        (2, "unknown_unit")
    ]


def test_bodies_that_are_not_readings_are_answered() -> None:
    """Nothing, an empty array, text, half an array and too many brackets each have an answer."""
    assert reasons(admit(b"", JSON, PLANT, NOW)) == [(0, "malformed")]
    assert reasons(admit(b"[]", JSON, PLANT, NOW)) == []
    assert reasons(admit(b"", NDJSON, PLANT, NOW)) == []
    assert reasons(admit(b"hello", JSON, PLANT, NOW)) == [(0, "malformed")]
    assert reasons(admit(b'{"a":' * 9_000, JSON, PLANT, NOW)) == [(0, "malformed")]
    assert len(admit(batch({}, {})[:-1], JSON, PLANT, NOW).columns) == 2
    closed_twice = admit(batch({}) + b"]", JSON, PLANT, NOW)
    assert (len(closed_twice.columns), reasons(closed_twice)) == (1, [(1, "malformed")])


def test_a_byte_order_mark_is_no_mistake() -> None:
    """Tools of one vendor put it before everything."""
    assert len(admit(b"\xef\xbb\xbf" + batch({}), JSON, PLANT, NOW).columns) == 1


def test_several_objects_sent_as_json_are_told_what_to_do() -> None:
    """Lines under the media type of JSON are refused with the remedy."""
    line = json.dumps(GOOD).encode()
    assert "ndjson" in admit(line + b"\n" + line, JSON, PLANT, NOW).rejected[0].detail


def test_repeats_are_counted_and_kept() -> None:
    """The same asset, channel and instant again is a duplicate, whatever its value; it is accepted too."""
    body = batch(
        {}, {"value": 9}, {"time": "2026-01-01T00:00:01Z"}, {"channel": "nde"}, {"asset": "pump-2"}, {}
    )
    admission = admit(body, JSON, PLANT, NOW)
    assert (len(admission.columns), admission.duplicates) == (6, 2)


def test_a_record_just_large_enough_is_read() -> None:
    """The bound is on one record, not on the batch."""
    note = {"note": "x" * (LARGEST_RECORD - 300)}
    assert len(admit(batch(note, {}, note), JSON, PLANT, NOW).columns) == 3


def test_too_many_records_refuse_the_request() -> None:
    """Sixteen megabytes of commas do not become sixteen million verdicts."""
    with pytest.raises(RefusedError) as refused:
        admit(b"[" + b"1," * (MOST_READINGS + 1) + b"1]", JSON, PLANT, NOW)
    assert refused.value.reason is Reason.TOO_LARGE


def test_the_plant_file_gives_range_and_kind() -> None:
    """Outside of the valid range, another quantity or another kind of unit than declared: refused."""
    good = {"asset": "m", "channel": "t", "quantity": "temperature", "unit": "degC"}
    body = batch(
        {**good, "value": 20},
        {**good, "value": 201},
        {**good, "value": 68, "unit": "F"},
        {**good, "quantity": "load", "unit": "%"},
        {**good, "channel": "u"},
        {**good, "asset": "n"},
    )
    admission = admit(body, JSON, STRICT, NOW)
    expected = [(1, "out_of_range"), (3, "malformed"), (4, "unknown_asset"), (5, "unknown_asset")]
    assert reasons(admission) == expected
    assert admission.columns.value == pytest.approx([293.15, 293.15])
    assert admission.columns.classes == ["c"]


def test_the_class_of_the_request_serves_machines_the_plant_does_not_name() -> None:
    """A class given with the request brings its ranges; the plant file's own word counts more."""
    lenient = parse(STRICT.toml.replace("strict = true", "strict = false"), "p")
    body = batch(
        {"asset": "x", "channel": "t", "quantity": "temperature", "unit": "degC", "value": 500},
        {"asset": "x", "channel": "t", "quantity": "temperature", "unit": "degC", "value": 50},
        {"asset": "m", "channel": "other"},
    )
    assert reasons(admit(body, JSON, lenient, NOW)) == []
    admission = admit(body, JSON, lenient, NOW, "c")
    assert reasons(admission) == [(0, "out_of_range")]
    assert dict(zip(admission.columns.assets, admission.columns.classes, strict=True)) == {"x": "c", "m": "c"}


CHANGES = st.sampled_from(
    [{}, {"value": 7}, {"asset": "pump-2"}, {"channel": "t", "quantity": "temperature", "unit": "F"},
     {"unit": "bar"}, {"asset": "?"}, {"time": "x"}, {"time": 1767225600, "time_unit": "s"}, {"value": None},
     {"unit": "in/s"},
     {"time": "2099-01-01T00:00:00Z"}]
)  # fmt: skip


@given(st.lists(CHANGES, max_size=20))
def test_a_batch_is_judged_as_its_records_one_by_one(changes: list[dict[str, Any]]) -> None:
    """Columns and verdicts of a batch are those of the single readings put together, in array and lines."""
    singles = [one(**change) for change in changes]
    body = batch(*changes)
    lines = b"\n".join(json.dumps({**GOOD, **change}).encode() for change in changes)
    for admission in (admit(body, JSON, PLANT, NOW), admit(lines, NDJSON, PLANT, NOW)):
        expected = [(i, r.reason, r.detail) for i, single in enumerate(singles) for r in single.rejected]
        assert [(r.index, r.reason, r.detail) for r in admission.rejected] == expected
        assert rows(admission) == [row for single in singles for row in rows(single)]


def rows(admission: Admission) -> list[tuple[Any, ...]]:
    """Write columns as rows."""
    c = admission.columns
    return [
        (c.assets[m], c.channels[k], t, v, q)
        for m, k, t, v, q in zip(
            c.machine.tolist(),
            c.channel.tolist(),
            c.time.tolist(),
            c.value.tolist(),
            c.quality.tolist(),
            strict=True,
        )
    ]


@given(st.floats(-1e6, 1e6), st.sampled_from([("mm/s", 1e3), ("m/s", 1.0), ("um/s", 1e6)]))
def test_the_unit_changes_nothing_but_the_number(value: float, unit: tuple[str, float]) -> None:
    """Scaling a value together with its unit gives the same SI value."""
    name, factor = unit
    columns = one(value=value * factor, unit=name).columns
    assert columns.value == pytest.approx([value], rel=1e-12, abs=1e-300)


def test_columns_hold_only_what_was_accepted() -> None:
    """A refused machine and its channel leave no trace in the dictionaries."""
    columns = admit(batch({"asset": "gone", "channel": "gone", "value": 1e300}, {}), JSON, PLANT, NOW).columns
    assert (columns.assets, [c.name for c in columns.channels]) == (["pump-1"], ["de-velocity"])
    assert np.array_equal(columns.machine, [0])


@given(st.lists(st.sampled_from(["m-1", "m-2", "x-1", "x-2", "?"]), max_size=20))
def test_what_the_sender_does_not_reach_is_refused_as_if_it_had_not_come(assets: list[str]) -> None:
    """Its neighbours are kept, and each machine is asked about once, not each reading."""
    asked: list[str] = []

    def reaches(asset: str) -> bool:
        asked.append(asset)
        return asset.startswith("m")

    readings = [{"asset": asset, "value": float(n)} for n, asset in enumerate(assets)]
    found = admit(batch(*readings), JSON, PLANT, NOW, reaches=reaches)
    alone = admit(batch(*(one for one in readings if str(one["asset"])[0] == "m")), JSON, PLANT, NOW)
    assert found.columns.value.tolist() == alone.columns.value.tolist()
    assert found.columns.assets == alone.columns.assets
    expected = [
        (n, "bad_name" if asset == "?" else "forbidden") for n, asset in enumerate(assets) if asset[0] != "m"
    ]
    assert reasons(found) == expected
    assert len(asked) == len(set(asked))
