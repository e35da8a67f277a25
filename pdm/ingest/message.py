"""What one message of the ingest topic says of itself: who sent it, and how its value is to be read.

CloudEvents are understood as the Kafka protocol binding has them: in binary mode the attributes are
headers `ce_...` and the value is the data; in structured mode the value is the whole envelope.
"""

import re
from collections.abc import Mapping, Sequence
from enum import Enum, auto
from typing import Protocol

from msgspec import Struct

from pdm.access.grant import EVERYTHING
from pdm.chain.acquisition.decode import MEDIA, NDJSON
from pdm.gateway.problems import HttpError
from pdm.gateway.sender import sender
from pdm.plant.spec import Plant
from pdm.records.block import Source

DEFAULT_SOURCE = "ingest"
"""The source of messages that name none."""
STRUCTURED = "application/cloudevents+json"
UNDERSTOOD = ("pdm-source", "pdm-run", "pdm-lateness", "pdm-class", "ce_source", "ce_type", "content-type")
"""Headers that matter here; a dead letter keeps these, and no others."""

_SENDER = {"pdm-source": "PDM-Source", "pdm-run": "PDM-Run", "pdm-lateness": "PDM-Lateness"}
_SENDER["pdm-class"] = "PDM-Class"
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")

Headers = Sequence[tuple[str, bytes]]


class Sent(Protocol):
    """A message as a Kafka client gives it; which partition it is from, the poll says."""

    offset: int
    key: bytes | None
    value: bytes | None

    @property
    def headers(self) -> Headers:
        """Names and values, in the order in which they were written."""


class Form(Enum):
    """How a value is to be read."""

    JSON = auto()
    """An object, or an array of them."""
    LINES = auto()
    ENVELOPE = auto()


class Whose(Struct, frozen=True):
    """Who sent a message, and how it is to be read. `wrong` says why it cannot be taken at all."""

    source: Source
    machine_class: str = ""
    form: Form = Form.JSON
    wrong: str = ""


def whose(headers: Headers, plant: Plant) -> Whose:
    """Read the headers of a message; lateness is the plant file's unless a header says otherwise."""
    said = {name.lower(): value.decode("utf-8", "replace") for name, value in headers if value is not None}
    form, wrong = _form(said.get("content-type", ""))
    named = said.get("pdm-source") or source_name(said.get("ce_source", "")) or DEFAULT_SOURCE
    plain = {_SENDER[name]: said[name] for name in _SENDER if name in said} | {"PDM-Source": named}
    try:
        found = sender(plain, plant, EVERYTHING)
    except HttpError as error:
        return Whose(Source(DEFAULT_SOURCE), wrong=error.detail)
    return Whose(found.source, found.machine_class, form, wrong)


def source_name(uri: str) -> str:
    """Make a source's name of a CloudEvents source: what a name cannot hold becomes a hyphen."""
    return _NOT_IN_A_NAME.sub("-", uri).strip("-._")[:128]


def kept(headers: Headers) -> tuple[tuple[str, bytes], ...]:
    """Choose the headers that a dead letter keeps."""
    return tuple(
        (name, value[:512]) for name, value in headers if name.lower() in UNDERSTOOD and value is not None
    )


def _form(content_type: str) -> tuple[Form, str]:
    """Say how a content type is read, or why not."""
    name = content_type.partition(";")[0].strip().lower()
    if name == STRUCTURED:
        return Form.ENVELOPE, ""
    if MEDIA.get(name) == NDJSON:
        return Form.LINES, ""
    if name in MEDIA or name.endswith("+json"):
        return Form.JSON, ""
    return Form.JSON, f"content-type {name[:40]!r} is not read: send JSON"


class Senders:
    """Remembers what headers mean: most messages have the same ones, but for an id or a time."""

    MOST = 1_000

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._none = whose((), plant)
        self._known: dict[tuple[tuple[str, bytes], ...], Whose] = {}

    def of(self, headers: Headers) -> Whose:
        """Say who sent a message with these headers."""
        if not headers:
            return self._none
        found = self._known.get(tuple(headers))
        if found is not None:
            return found
        telling = tuple((name, value) for name, value in headers if name.lower() in UNDERSTOOD)
        found = self._known.get(telling)
        if found is None:
            found = whose(telling, self._plant)
            if len(self._known) < self.MOST:
                self._known[telling] = found
        return found


Place = tuple[str, int]
"""Topic and partition."""
Polled = Mapping[Place, Sequence[Sent]]
"""Messages of one poll; those of a partition stand in the order of their offsets."""
