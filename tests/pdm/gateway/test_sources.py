"""The end of a source: frames close, and what is said must make sense."""

import json

import pytest
from fakes.gateway import NOW, ask, gateway
from fakes.outlet import FakeOutlet

from pdm.instant import NS, nanoseconds, rfc3339
from pdm.records.block import Source

LAST = nanoseconds("2026-01-01T00:00:07.25Z")


def end(outlet: FakeOutlet, ends: object, path: str = "plc", **headers: str) -> tuple[int, dict[str, object]]:
    """Say the end, and return status and answer."""
    answer = ask(gateway(outlet), "POST", f"/v1/sources/{path}/end", json.dumps(ends).encode(), **headers)
    return answer.status_code, answer.json()


def test_the_end_closes_the_frame_of_the_last_time() -> None:
    """The frontier is the end of that frame plus the lateness, on all four topics, without a reading."""
    outlet = FakeOutlet()
    said = {"a": rfc3339(LAST), "b": "2026-01-01T01:00:00+01:00"}
    assert end(outlet, said, PDM_Lateness="2", PDM_Run="r1", PDM_Class="pump") == (202, {"machines": 2})
    begin = nanoseconds("2026-01-01T00:00:00Z")
    assert outlet.frontiers == [{"a": begin + 10 * NS, "b": begin + 3 * NS}]
    assert len(outlet.history[0]) == 4
    assert outlet.history[0][0].block.source == Source("plc", "r1", 2 * NS)
    assert b"pump" in bytes(outlet.history[0][0].block.machines)


def test_nobody_ended_is_nothing_sent() -> None:
    """An empty object is no mistake."""
    outlet = FakeOutlet()
    assert end(outlet, {}) == (202, {"machines": 0})
    assert outlet.history == []


@pytest.mark.parametrize(
    "ends",
    [[], {"a b": "2026-01-01T00:00:00Z"}, {"a": "yesterday"}, {"a": 5}, {"a": "2026-01-01T00:00:00"},
     {"a": rfc3339(NOW + 3600 * NS)}, {"a": "1969-01-01T00:00:00Z"}, {"a": rfc3339(LAST), "b": "?"}],
)  # fmt: skip
def test_all_or_nothing(ends: object) -> None:
    """A wrong name or time refuses the request: an end must not close frames of the future."""
    outlet = FakeOutlet()
    status, answer = end(outlet, ends)
    assert (status, answer["status"]) == (422, 422)
    assert outlet.history == []


@pytest.mark.parametrize(("path", "said"), [("a%20b", "a b"), ("plc", "other"), ("x" * 200, "")])
def test_the_source_in_the_path_is_a_name_and_the_one_in_the_header(path: str, said: str) -> None:
    """Two names for one source are a mistake."""
    outlet = FakeOutlet()
    assert end(outlet, {"a": rfc3339(LAST)}, path, **({"PDM_Source": said} if said else {}))[0] == 400
    assert outlet.history == []
