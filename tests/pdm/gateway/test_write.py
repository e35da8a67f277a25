"""Line protocol over HTTP: answers in InfluxDB's words, or with all verdicts."""

import gzip

import httpx
import pytest
from fakes.gateway import NOW, ask, gateway
from fakes.outlet import FakeOutlet

from pdm.errors import BrokerError
from pdm.gateway.body import LARGEST
from pdm.instant import NS
from pdm.metrics import IGNORED, READINGS, REJECTED
from pdm.plant.load import parse
from pdm.records.block import Source

GOOD = b"vibration,machine=pump-1,unit=m/s de=2.5 1780000000000000000\n"
BAD = b"nonsense\n"
V2, V1 = "/api/v2/write?bucket=plant&org=o", "/write?db=plant"


@pytest.fixture
def outlet() -> FakeOutlet:
    """Return an outlet that takes everything."""
    return FakeOutlet()


def write(outlet: FakeOutlet, content: bytes, path: str = V2, **headers: str) -> httpx.Response:
    """Write to a gateway."""
    return ask(gateway(outlet), "POST", path, content, **headers)


@pytest.mark.parametrize("path", [V1, V2])
def test_points_are_answered_when_they_are_safe(outlet: FakeOutlet, path: str) -> None:
    """204 and nothing else; the readings are with the broker, and counted."""
    before = READINGS.labels("vibration")._value.get()
    answer = write(outlet, GOOD * 2, path, Content_Type="text/plain; charset=utf-8")
    assert (answer.status_code, answer.content) == (204, b"")
    assert outlet.flushes == [[2.5, 2.5]]
    assert READINGS.labels("vibration")._value.get() == before + 2


@pytest.mark.parametrize("content", [b"", b"\n", b"# nothing yet\n"])
def test_a_body_without_lines_is_in_order(outlet: FakeOutlet, content: bytes) -> None:
    """Clients send one to see whether somebody is there."""
    assert write(outlet, content).status_code == 204
    assert outlet.history == []


def test_bad_lines_are_told_and_good_ones_are_kept(outlet: FakeOutlet) -> None:
    """400, as InfluxDB says it: a client does not send it again, and the good lines are safe."""
    before = REJECTED.labels("malformed")._value.get()
    answer = write(outlet, GOOD + BAD * 7 + GOOD)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/json")
    told = answer.json()
    assert told["code"] == "invalid"
    assert told["message"].startswith("partial write: 2 accepted, 7 refused: line 2: malformed: ")
    assert told["message"].endswith("; and 2 more, all with verdicts=1")
    assert outlet.flushes == [[2.5, 2.5]]
    assert REJECTED.labels("malformed")._value.get() == before + 7
    old = write(outlet, GOOD + BAD, V1)
    assert (old.status_code, list(old.json())) == (400, ["error"])
    assert old.json()["error"] == old.headers["x-influxdb-error"]


def test_all_verdicts_come_where_they_are_asked_for(outlet: FakeOutlet) -> None:
    """A receipt like that for JSON, with what was left out."""
    before = IGNORED._value.get()
    content = GOOD + BAD + b'x,id=1,host=h Quality="OK"'
    answer = write(outlet, content, f"{V2}&verdicts=1")
    assert answer.status_code == 202
    told = answer.json()
    assert (told["accepted"], told["duplicates"], told["ignored"]) == (1, 0, 1)
    assert [(one["index"], one["reason"]) for one in told["rejected"]] == [(1, "malformed")]
    assert IGNORED._value.get() == before + 1
    nothing = write(outlet, BAD, f"{V1}&verdicts=true")
    assert (nothing.status_code, nothing.json()["accepted"]) == (422, 0)
    assert write(outlet, b"", f"{V1}&verdicts=1").json()["accepted"] == 0


@pytest.mark.parametrize(("path", "key"), [(V1, "error"), (V2, "message")])
def test_a_broker_that_does_not_answer_says_when_to_come_again(
    outlet: FakeOutlet, path: str, key: str
) -> None:
    """503 with Retry-After, which clients obey."""
    outlet.errors = [BrokerError("away")]
    answer = write(outlet, GOOD, path)
    assert (answer.status_code, answer.headers["retry-after"], answer.json()[key]) == (503, "5", "away")


@pytest.mark.parametrize(
    ("content", "path", "coding", "status"),
    [
        (GOOD, f"{V2}&precision=fortnight", "", 400),
        (GOOD, V2, "br", 415),
        (b"no gzip", V2, "gzip", 400),
        (b" " * (LARGEST + 1), V2, "", 413),
        (b"\n" * 500_000, V1, "", 413),
    ],
)
def test_a_request_that_cannot_be_read_is_told_in_their_words(
    outlet: FakeOutlet, content: bytes, path: str, coding: str, status: int
) -> None:
    """Precision, packing and size."""
    answer = write(outlet, content, path, Content_Encoding=coding)
    assert answer.status_code == status
    assert set(answer.json()) == ({"error"} if path == V1 else {"code", "message"})


def test_gzip_and_precision_are_understood(outlet: FakeOutlet) -> None:
    """As clients send them."""
    line = b"vibration,machine=pump-1,unit=m/s de=2.5 1780000000"
    answer = write(outlet, gzip.compress(line), f"{V2}&precision=s", Content_Encoding="gzip")
    assert answer.status_code == 204
    assert outlet.frontiers == [{"pump-1": 1_780_000_000 * NS}]
    assert write(outlet, line.split(b" 17", maxsplit=1)[0]).status_code == 204
    assert outlet.frontiers[1] == {"pump-1": NOW}


def test_the_bucket_names_the_source_unless_a_header_does(outlet: FakeOutlet) -> None:
    """And with it the lateness that the plant file gives it; names are made to fit."""
    app = gateway(outlet, parse('[sources.plant]\nlateness = "15 s"', "plant.toml"))
    for path, headers in (
        (V2, {}),
        (V1, {}),
        (V2, {"PDM_Source": "plc"}),
        ("/write?db=a/b", {}),
        ("/write", {}),
    ):
        assert ask(app, "POST", path, GOOD, **headers).status_code == 204
    sources = [flush[0].block.source for flush in outlet.history]
    assert sources[:2] == [Source("plant", "", 15 * NS)] * 2
    assert [source.name for source in sources[2:4]] == ["plc", "a-b-c14cdd"]
    assert sources[4] == Source("default", "", 2 * NS)


def test_credentials_are_neither_judged_nor_shown_here(outlet: FakeOutlet) -> None:
    """Whatever a client is used to send."""
    path = f"{V1}&u=somebody&p=secret-word"
    answer = write(outlet, BAD, path, Authorization="Token secret-word")
    assert answer.status_code == 400
    assert "secret-word" not in answer.text + str(answer.headers)
