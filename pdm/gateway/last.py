"""What each source sent last, and what it was told: in memory, since the gateway's start."""

import base64
from collections import OrderedDict
from typing import Literal

from msgspec import Struct

from pdm.instant import rfc3339
from pdm.records.reading import Rejection

KEPT_BYTES = 4 * 1024
"""How much of a payload is kept; headers, and so keys, never are."""
MOST_SOURCES = 1_000
"""The source heard longest ago is forgotten where there are more."""
MOST_VERDICTS = 20


class Heard(Struct, frozen=True):
    """The last request of a source as it is remembered; the totals are of all its requests."""

    time_ns: int
    path: str
    media_type: str
    length: int
    payload: bytes
    status: int
    accepted: int
    rejected: tuple[Rejection, ...]
    receipt: str
    requests: int
    total_accepted: int
    total_refused: int


class LastPayload(Struct, frozen=True):
    """The last request of a source, and its verdict.

    payload : the first 4 KiB, as text, or base64 where it is none; length : of all of it, unpacked
    rejected: the first 20 verdicts; receipt : where all of them are, "" where none was kept
    requests, total_... : since the gateway's start
    """

    source: str
    time: str
    path: str
    media_type: str
    length: int
    payload: str
    encoding: Literal["text", "base64"]
    status: int
    accepted: int
    refused: int
    rejected: tuple[Rejection, ...]
    receipt: str
    requests: int
    total_accepted: int
    total_refused: int


class Lasts:
    """Remembers the last request of each source."""

    def __init__(self) -> None:
        self._heard: OrderedDict[str, Heard] = OrderedDict()

    def note(self, source: str, sent: Heard) -> None:
        """Remember a request; its totals are those of this request alone, and are added up here."""
        before = self._heard.pop(source, None)
        self._heard[source] = sent if before is None else _added(before, sent)
        if len(self._heard) > MOST_SOURCES:
            self._heard.popitem(last=False)

    def of(self, source: str) -> LastPayload | None:
        """Say what a source sent last; None where nothing is remembered."""
        heard = self._heard.get(source)
        if heard is None:
            return None
        text, encoding = _shown(heard.payload)
        return LastPayload(
            source=source,
            time=rfc3339(heard.time_ns),
            path=heard.path,
            media_type=heard.media_type,
            length=heard.length,
            payload=text,
            encoding=encoding,
            status=heard.status,
            accepted=heard.accepted,
            refused=len(heard.rejected),
            rejected=heard.rejected[:MOST_VERDICTS],
            receipt=heard.receipt,
            requests=heard.requests,
            total_accepted=heard.total_accepted,
            total_refused=heard.total_refused,
        )


def _added(before: Heard, sent: Heard) -> Heard:
    return Heard(
        sent.time_ns,
        sent.path,
        sent.media_type,
        sent.length,
        sent.payload,
        sent.status,
        sent.accepted,
        sent.rejected,
        sent.receipt,
        before.requests + sent.requests,
        before.total_accepted + sent.total_accepted,
        before.total_refused + sent.total_refused,
    )


def _shown(payload: bytes) -> tuple[str, Literal["text", "base64"]]:
    """Write a payload as text; a letter that was cut in two at the end is left out."""
    for cut in range(min(4, len(payload) + 1)):
        try:
            return payload[: len(payload) - cut].decode(), "text"
        except UnicodeDecodeError:
            continue
    return base64.b64encode(payload).decode(), "base64"
