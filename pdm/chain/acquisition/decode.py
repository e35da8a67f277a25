"""From the body of a request to readings; the slow way, record by record, only if something is wrong."""

import re
from collections.abc import Iterable, Iterator

import msgspec
import numpy as np
from msgspec import Struct

from pdm.chain.acquisition.split import items, lines, pieces
from pdm.errors import RefusedError
from pdm.records.posted import Reading
from pdm.records.reading import Reason, Rejection

JSON = "application/json"
NDJSON = "application/x-ndjson"
MEDIA = {
    "": JSON,
    JSON: JSON,
    "text/json": JSON,
    NDJSON: NDJSON,
    "application/ndjson": NDJSON,
    "application/jsonl": NDJSON,
    "application/x-jsonlines": NDJSON,
    "application/json-lines": NDJSON,
}
"""Media types that are understood -> how they are read; no type at all is taken for JSON."""

LARGEST_RECORD = 64 * 1024
"""Bytes of one reading; a larger one is refused as too_large."""
MOST_READINGS = 200_000
"""Readings of one request; real ones do not reach it in 16 MB."""
DETAIL = 160
"""Characters of a detail; it never sends a record back."""

_BOM = b"\xef\xbb\xbf"
_ARRAY = msgspec.json.Decoder(list[Reading])
_ONE = msgspec.json.Decoder(Reading)
_ANY = msgspec.json.Decoder(msgspec.Raw)
_NOT_FINITE = re.compile(rb'"value"\s*+:\s*+"?[-+]?(?:nan|inf(?:inity)?)"?\s*+(?:[,}]|\Z)', re.IGNORECASE)
_NUMBER = re.compile(rb'"value"\s*+:\s*+([-+]?[0-9][0-9.eE+-]*+)\s*+(?:[,}]|\Z)')


class Decoded(Struct, frozen=True):
    """The readable records of a body.

    index    : place of each reading in the request; None where they count 0, 1, 2, ...
    rejected : verdicts on the unreadable ones
    """

    readings: list[Reading]
    index: list[int] | None = None
    rejected: tuple[Rejection, ...] = ()


def decode(body: bytes, media_type: str, *, tidy: bool = False) -> Decoded:
    """Read a body: at once if all of it is well, otherwise each record for itself.

    media_type : a value of MEDIA
    tidy       : the caller knows that no record is larger than LARGEST_RECORD, and no line empty
    raises RefusedError with reason too_large for more than MOST_READINGS records
    """
    body = body.removeprefix(_BOM)
    readings = _whole(body, media_type, tidy=tidy)
    if readings is None:
        return _each(_numbered(body, media_type))
    if len(readings) > MOST_READINGS:
        raise too_many()
    return Decoded(readings)


def _whole(body: bytes, media_type: str, *, tidy: bool) -> list[Reading] | None:
    """Read the body in one go, or say None where that would hide what is wrong with a record."""
    if not tidy and (_may_hold_large(body) or (media_type == NDJSON and _may_hold_empty(body))):
        return None
    try:
        if media_type == NDJSON:
            return _ONE.decode_lines(body)
        return _ARRAY.decode(body) if body.lstrip()[:1] == b"[" else [_ONE.decode(body)]
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None


def _may_hold_large(body: bytes) -> bool:
    """Look for a stretch without a closing brace that is longer than a record may be."""
    if len(body) <= LARGEST_RECORD:
        return False
    ends = np.flatnonzero(np.frombuffer(body, np.uint8) == ord("}"))
    return len(ends) == 0 or int(np.diff(ends, prepend=0, append=len(body)).max()) > LARGEST_RECORD


def _may_hold_empty(body: bytes) -> bool:
    """Look for lines that would be passed over, and not counted."""
    return b"\n\n" in body or body[:1].isspace() or b"\n\r" in body


def _numbered(body: bytes, media_type: str) -> Iterable[tuple[int, bytes]]:
    """Give each record with its place: in the array, or the number of its line."""
    if media_type == NDJSON:
        return lines(body)
    if body.lstrip()[:1] == b"[":
        return enumerate(_mended(body))
    return [(0, body.strip())]


def _mended(body: bytes) -> Iterator[bytes]:
    """Cut an array into records, and once more where an odd quote has joined several."""
    for item in items(body):
        if len(item) > 2 and not _is_json(item):
            yield from pieces(item)
        else:
            yield item


def _each(records: Iterable[tuple[int, bytes]]) -> Decoded:
    """Judge record by record."""
    readings, index, rejected = [], [], []
    for count, (place, record) in enumerate(records):
        if count >= MOST_READINGS:
            raise too_many()
        verdict = _judge(record)
        if isinstance(verdict, Reading):
            readings.append(verdict)
            index.append(place)
        else:
            rejected.append(Rejection(place, *verdict))
    return Decoded(readings, index, tuple(rejected))


def _judge(record: bytes) -> Reading | tuple[Reason, str]:
    """Read one record, or say what is wrong with it."""
    if len(record) > LARGEST_RECORD:
        return Reason.TOO_LARGE, f"a reading of {len(record)} bytes; at most {LARGEST_RECORD} are read"
    try:
        return _ONE.decode(record)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as wrong:
        if _infinite(record):
            return Reason.NOT_FINITE, "value is not a finite number"
        return Reason.MALFORMED, _told(record, str(wrong))


def _infinite(record: bytes) -> bool:
    """Say whether the value is NaN, an infinity, or too large for a double."""
    if _NOT_FINITE.search(record):
        return True
    number = _NUMBER.search(record)
    try:
        return bool(number) and abs(float(number[1])) == float("inf")  # type: ignore[index]
    except ValueError:
        return False


def _told(record: bytes, problem: str) -> str:
    """Say in a line what is wrong with a record that could not be read."""
    if not record:
        return "nothing here where a reading was expected"
    if "trailing characters" in problem:
        return "more follows the object: send an array, or application/x-ndjson with one object a line"
    return shortened(problem.replace(" - at `$`", "").replace("`$.", "`"))


def shortened(text: str) -> str:
    """Cut a detail to the length that is sent back, without control characters."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in text[:DETAIL])
    return plain if len(text) <= DETAIL else plain[: DETAIL - 1] + "…"


def _is_json(item: bytes) -> bool:
    """Say whether an item is well-formed, whatever it says."""
    try:
        _ANY.decode(item)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return False
    return True


def too_many() -> RefusedError:
    """Make the error for a request of more than MOST_READINGS."""
    return RefusedError(Reason.TOO_LARGE, f"more than {MOST_READINGS} readings in one request")
