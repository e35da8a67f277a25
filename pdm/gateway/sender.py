"""Who sends a request: source, run, lateness and class, out of the headers and the plant file."""

import re
from collections.abc import Mapping
from http import HTTPStatus

from msgspec import Struct

from pdm.access.grant import Grant
from pdm.gateway.problems import HttpError
from pdm.instant import NS
from pdm.plant.spec import Plant
from pdm.records.block import Source
from pdm.records.reading import NAME

DEFAULT_NAME = "default"
LONGEST_LATENESS_S = 86_400
_SECONDS = re.compile(r"[0-9]{1,5}(\.[0-9]{1,9})?")


class Sender(Struct, frozen=True):
    """A source, and the class of the machines that the plant file does not name."""

    source: Source
    machine_class: str


def sender(
    headers: Mapping[str, str], plant: Plant, whose: Grant, name: str | None = None, otherwise: str = ""
) -> Sender:
    """Read PDM-Source, PDM-Run, PDM-Lateness (seconds) and PDM-Class; `name` where the path says the source.

    Unless said, the source is `otherwise`, where the key may speak for that, or is called like the key.
    Without PDM-Lateness the plant file's counts, and without that 2 s.
    raises HttpError 400, and 403 for a source that the key may not speak for
    """
    said = _named(headers, "PDM-Source", "")
    if name is not None:
        if not re.fullmatch(NAME, name) or said not in {"", name}:
            raise _wrong("the source in the path must be a name, and the one PDM-Source says")
        said = name
    usual = otherwise if otherwise and whose.may_be(otherwise) else whose.name
    source = said or usual or DEFAULT_NAME
    if not whose.may_be(source):
        own = f"this key delivers as {whose.speaks}, or as a source below it: {whose.speaks}.NAME"
        raise HttpError(HTTPStatus.FORBIDDEN, own)
    declared = plant.sources.get(source, Source(source)).lateness_ns
    lateness_ns = _lateness_ns(headers.get("PDM-Lateness"), declared)
    return Sender(
        Source(source, _named(headers, "PDM-Run", ""), lateness_ns), _named(headers, "PDM-Class", "")
    )


def _named(headers: Mapping[str, str], header: str, default: str) -> str:
    """Read a header that holds a name."""
    value = headers.get(header, default)
    if value and not re.fullmatch(NAME, value):
        raise _wrong(f"{header} must be 1 to 128 of letters, digits, . _ -")
    return value


def _lateness_ns(text: str | None, declared: int) -> int:
    """Read how far behind a machine's newest time a reading may come."""
    if text is None:
        return declared
    if not _SECONDS.fullmatch(text) or float(text) > LONGEST_LATENESS_S:
        raise _wrong(f"PDM-Lateness must be seconds, 0 to {LONGEST_LATENESS_S}")
    return round(float(text) * NS)


def _wrong(detail: str) -> HttpError:
    return HttpError(HTTPStatus.BAD_REQUEST, detail)
