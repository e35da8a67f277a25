"""The last payloads: bounded in bytes and sources, and shown whatever they are."""

from typing import Any

import pytest

from pdm.gateway.last import KEPT_BYTES, MOST_SOURCES, Heard, Lasts


def heard(payload: bytes = b"{}", **changes: Any) -> Heard:
    """Make a request as the desk notes it."""
    usual: dict[str, Any] = {
        "time_ns": 0,
        "path": "/v1/readings",
        "media_type": "application/json",
        "length": len(payload),
        "payload": payload[:KEPT_BYTES],
        "status": 202,
        "accepted": 1,
        "rejected": (),
        "receipt": "",
        "requests": 1,
        "total_accepted": 1,
        "total_refused": 0,
    }
    return Heard(**{**usual, **changes})


@pytest.mark.parametrize(
    ("payload", "shown", "encoding"),
    [
        (b'{"a": 1}', '{"a": 1}', "text"),
        (b"x" + "°".encode()[:1], "x", "text"),
        (b"\x00\xff\x00\xff\x00\xff", "AP8A/wD/", "base64"),
    ],
)
def test_a_payload_is_shown_as_text_where_it_is_text(payload: bytes, shown: str, encoding: str) -> None:
    """A letter that was cut in two is left out; anything else is base64."""
    lasts = Lasts()
    lasts.note("plc", heard(payload))
    found = lasts.of("plc")
    assert found is not None
    assert (found.payload, found.encoding) == (shown, encoding)


def test_the_source_heard_longest_ago_is_forgotten() -> None:
    """One that was heard again is not."""
    lasts = Lasts()
    for number in range(MOST_SOURCES):
        lasts.note(f"s{number}", heard())
    lasts.note("s0", heard())
    lasts.note("new", heard())
    assert lasts.of("s1") is None
    again = lasts.of("s0")
    assert again is not None
    assert (again.requests, again.total_accepted) == (2, 2)
