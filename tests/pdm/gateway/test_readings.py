"""The door over HTTP: answers, bounds, encodings, and who is speaking."""

import gzip
from collections.abc import AsyncIterator, Iterator

import pytest
from fakes.gateway import ask, batch, gateway, post, reading
from fakes.outlet import FakeOutlet

from pdm.errors import BrokerError
from pdm.gateway import body
from pdm.metrics import DUPLICATES, READINGS, REJECTED
from pdm.plant.load import parse
from pdm.records.block import Source


@pytest.fixture
def outlet() -> FakeOutlet:
    """Return an outlet that takes everything."""
    return FakeOutlet()


def test_what_is_accepted_is_answered_after_it_was_sent(outlet: FakeOutlet) -> None:
    """202 with the receipt; the readings are with the broker, on all four topics."""
    answer = post(gateway(outlet), batch(1, 2))
    assert (answer.status_code, answer.headers["content-type"]) == (202, "application/json")
    assert answer.json() == {"accepted": 2, "rejected": [], "duplicates": 1}
    assert outlet.flushes == [[1.0, 2.0]]
    assert len(outlet.history[0]) == 4


def test_an_object_an_array_and_lines_are_taken(outlet: FakeOutlet) -> None:
    """One reading alone, several in an array, one a line."""
    app = gateway(outlet)
    assert post(app, reading(value=1)).json()["accepted"] == 1
    lines = reading(value=2) + b"\n" + reading(value=3) + b"\n"
    assert post(app, lines, Content_Type="application/x-ndjson; charset=utf-8").json()["accepted"] == 2
    assert outlet.flushes == [[1.0], [2.0, 3.0]]


def test_each_refused_reading_has_its_verdict(outlet: FakeOutlet) -> None:
    """Index, reason and detail; the good neighbours are sent."""
    answer = post(gateway(outlet), b"[" + reading(value=1) + b"," + reading().replace(b"2.5", b"NaN") + b"]")
    assert answer.status_code == 202
    rejected = answer.json()["rejected"]
    assert [(r["index"], r["reason"]) for r in rejected] == [(1, "not_finite")]
    assert outlet.flushes == [[1.0]]


@pytest.mark.parametrize("content", [reading(unit="bar"), b"nonsense", b"", b"[]", b"[1, 2"])
def test_where_nothing_was_accepted_the_answer_is_422(outlet: FakeOutlet, content: bytes) -> None:
    """Problem details that carry the receipt; nothing is sent."""
    answer = post(gateway(outlet), content)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    found = answer.json()
    assert (found["accepted"], found["duplicates"], found["status"]) == (0, 0, 422)
    assert bool(found["rejected"]) == (content != b"[]")
    assert outlet.history == []


def test_a_broker_that_does_not_answer_gives_503(outlet: FakeOutlet) -> None:
    """With Retry-After; the same again is taken when the broker is back."""
    app = gateway(outlet)
    outlet.errors = [BrokerError("away")]
    answer = post(app, batch(1))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["detail"] == "away"
    assert post(app, batch(1)).status_code == 202


def test_a_bug_is_a_problem_without_its_trace(outlet: FakeOutlet) -> None:
    """500 says nothing of the inside, and is counted."""
    outlet.errors = [ZeroDivisionError("secret of the inside")]
    before = REJECTED.labels("bug")._value.get()
    answer = post(gateway(outlet), batch(1))
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "secret" not in answer.text
    assert REJECTED.labels("bug")._value.get() == before + 1


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1", "x" * 5000],
)
def test_other_types_are_refused(outlet: FakeOutlet, content_type: str) -> None:
    """415 says what is taken."""
    answer = post(gateway(outlet), batch(1), Content_Type=content_type)
    assert answer.status_code == 415
    assert "application/x-ndjson" in answer.json()["detail"]
    assert len(answer.text) < 500


def test_gzip_is_unpacked(outlet: FakeOutlet) -> None:
    """In one member or several, as log shippers write it."""
    app = gateway(outlet)
    whole = batch(1, 2)
    assert post(app, gzip.compress(whole), Content_Encoding="gzip").json()["accepted"] == 2
    members = gzip.compress(whole[:10]) + gzip.compress(whole[10:])
    assert post(app, members, Content_Encoding="x-gzip").json()["accepted"] == 2


@pytest.mark.parametrize(
    ("content", "coding", "status"),
    [
        (b"not gzip", "gzip", 400),
        (gzip.compress(batch(1))[:-9], "gzip", 400),
        (b"", "gzip", 400),
        (gzip.compress(b"") * 100, "gzip", 400),
        (gzip.compress(b" " * (body.LARGEST + 1)), "gzip", 413),
        (batch(1), "br", 415),
    ],
)
def test_a_wrong_encoding_is_refused(outlet: FakeOutlet, content: bytes, coding: str, status: int) -> None:
    """What is no gzip, ends too early, unpacks without end, or is packed otherwise."""
    answer = post(gateway(outlet), content, Content_Encoding=coding)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert outlet.history == []


def test_a_body_of_the_largest_size_is_taken_and_a_larger_one_refused(outlet: FakeOutlet) -> None:
    """16 MiB go in, one byte more does not, whether its length is announced or not."""
    app = gateway(outlet)
    filled = batch(1)[:-1] + b" " * (body.LARGEST - len(batch(1))) + b"]"
    assert post(app, filled).status_code == 202
    assert post(app, filled + b" ").status_code == 413

    async def parts() -> AsyncIterator[bytes]:
        for part in pieces(filled + b" "):
            yield part

    assert post(app, parts()).status_code == 413


def pieces(content: bytes) -> Iterator[bytes]:
    """Cut a body into megabytes."""
    for start in range(0, len(content), 2**20):
        yield content[start : start + 2**20]


def test_the_headers_say_who_delivers(outlet: FakeOutlet) -> None:
    """Source, run, lateness and class travel with the readings."""
    app = gateway(outlet)
    post(app, batch(1))
    post(app, batch(1), PDM_Source="plc", PDM_Run="replay-1", PDM_Lateness="0.5", PDM_Class="pump")
    assert outlet.history[0][0].block.source == Source("default", "", 2_000_000_000)
    assert outlet.history[1][0].block.source == Source("plc", "replay-1", 500_000_000)
    assert b"pump" in bytes(outlet.history[1][0].block.machines)


def test_the_plant_file_gives_a_source_its_lateness(outlet: FakeOutlet) -> None:
    """Unless the header says otherwise."""
    app = gateway(outlet, parse('[sources.historian]\nlateness = "1 h"\n', "p"))
    post(app, batch(1), PDM_Source="historian")
    post(app, batch(1), PDM_Source="historian", PDM_Lateness="0")
    assert [flush[0].block.source.lateness_ns for flush in outlet.history] == [3_600_000_000_000, 0]


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("PDM_Source", "a b"),
        ("PDM_Source", "x" * 129),
        ("PDM_Run", "../etc"),
        ("PDM_Class", "<script>"),
        ("PDM_Lateness", "soon"),
        ("PDM_Lateness", "-1"),
        ("PDM_Lateness", "nan"),
        ("PDM_Lateness", "86401"),
        ("PDM_Lateness", "0" * 1000),
    ],
)
def test_a_wrong_header_is_refused_and_not_echoed(outlet: FakeOutlet, header: str, value: str) -> None:
    """400 names the header."""
    answer = post(gateway(outlet), batch(1), **{header: value})
    assert answer.status_code == 400
    assert header.replace("_", "-") in answer.json()["detail"]
    assert value not in answer.text
    assert outlet.history == []


def test_what_came_and_what_was_refused_is_counted(outlet: FakeOutlet) -> None:
    """By quantity, by reason, and repeats."""
    before = [
        READINGS.labels("vibration")._value.get(),
        REJECTED.labels("bad_name")._value.get(),
        DUPLICATES._value.get(),
    ]
    post(gateway(outlet), b"[" + b",".join([reading(), reading(), reading(asset="?")]) + b"]")
    after = [
        READINGS.labels("vibration")._value.get(),
        REJECTED.labels("bad_name")._value.get(),
        DUPLICATES._value.get(),
    ]
    assert [b - a for a, b in zip(before, after, strict=True)] == [2, 1, 1]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/v1/readings", 405), ("PUT", "/healthz", 405)],
)
def test_what_is_not_there_is_a_problem_too(outlet: FakeOutlet, method: str, path: str, status: int) -> None:
    """Unknown paths and methods have the same shape of answer; 405 says what is allowed."""
    answer = ask(gateway(outlet), method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status
    assert ("allow" in answer.headers) == (status == 405)
