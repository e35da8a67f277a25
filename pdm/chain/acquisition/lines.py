"""Lines: a body of line protocol gathered line by line, the plain ones at once, the others exactly."""

import re
from collections.abc import Iterable

import msgspec

from pdm.chain.acquisition.decode import MOST_READINGS, too_many
from pdm.chain.acquisition.line_protocol import Line, LineError, parse, plain, series
from pdm.chain.acquisition.mapping import Point
from pdm.chain.acquisition.points import Gathered, Points
from pdm.chain.acquisition.series import Series
from pdm.records.reading import Reason

PRECISIONS = {
    "ns": 1,
    "n": 1,
    "us": 1_000,
    "u": 1_000,
    "µ": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
"""Precision, as clients of InfluxDB old and new write it -> ns that one of a timestamp counts."""

_UNPLAIN = re.compile(rb'["\\\t\r]')
_NINE, _INTEGER, _MINUS = ord("9"), ord("i"), ord("-")
_MOST_ROWS = 2 * MOST_READINGS
_MOST_LINES_OF_A_TEXT = 8
_LONGEST_TEXT = 64 * 1024


def read(body: bytes, known: Series, factor: int, now_ns: int) -> Points:
    """Read a body of line protocol.

    factor : ns that one of a timestamp counts
    now_ns : time of the lines that have no timestamp
    raises RefusedError with reason too_large for more than MOST_READINGS fields
    """
    if body.count(b"\n") > _MOST_ROWS:
        raise too_many()
    rows = body.replace(b"\r\n", b"\n").split(b"\n")
    found = Gathered(known)
    try:
        _gather(rows, found, careful=_UNPLAIN.search(body) is not None)
        return found.points(factor, now_ns)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return read_exactly(rows, known, factor, now_ns)


def read_exactly(rows: list[bytes], known: Series, factor: int, now_ns: int) -> Points:
    """Read line by line without any haste; what is said of each is exact."""
    found, resume = Gathered(known), 0
    for place in range(len(rows)):
        if place >= resume:
            resume = _exact(rows, place, found)
    return found.points(factor, now_ns)


def _gather(rows: list[bytes], found: Gathered, *, careful: bool) -> None:
    """Read rows: plain ones at once; `careful` where some may have quotes, escapes or tabs."""
    heads, resume = found.known.heads, 0
    nothing: dict[object, int] = {}
    for place, row in enumerate(rows):
        if place < resume:
            continue
        parts = row.split(b" ")
        codes = heads.get(parts[0], nothing)
        if codes and 2 <= len(parts) <= 3 and not (careful and _UNPLAIN.search(row)):
            before = len(found.codes)
            if _plain_fields(parts[1], codes, found):
                found.close(place, (parts[2] or None) if len(parts) == 3 else None, before)
                continue
            del found.codes[before:], found.texts[before:]
        resume = _exact(rows, place, found)


def _plain_fields(fields: bytes, codes: dict[object, int], found: Gathered) -> bool:
    """Gather fields that are all known and numbers, or say that they are not; decoding finds what is none."""
    take_code, take_text = found.codes.append, found.texts.append
    for pair in fields.split(b","):
        key, _, text = pair.partition(b"=")
        code = codes.get(key)
        if code is None or not text:
            return False
        if text[-1] > _NINE:
            text = text[:-1] if text[-1] == _INTEGER and len(text) < 20 else b""
            if not (text.isdigit() or (text[1:].isdigit() and text[0] == _MINUS)):
                return False
        take_code(code)
        take_text(text)
    return True


def _exact(rows: list[bytes], place: int, found: Gathered) -> int:
    """Read the line that begins in a row, and say in which row the next one begins."""
    row = rows[place]
    if not row.strip() or row.lstrip(b" \t")[:1] == b"#":
        return place + 1
    try:
        line, end = _whole(rows, place)
        codes = [_code(found.known, line.head, key) for key, _ in line.fields]
    except LineError as wrong:
        found.refuse(place, (Reason.MALFORMED, str(wrong)))
        return place + 1
    before = len(found.codes)
    for code, (_, value) in zip(codes, line.fields, strict=True):
        found.take(place, code, value)
    found.close(place, None if line.stamp is None else b"%d" % line.stamp, before)
    return end


def _whole(rows: list[bytes], place: int) -> tuple[Line, int]:
    """Parse the line in a row, with the next ones where a text goes on in them; raises LineError."""
    row = rows[place].lstrip(b" \t")
    try:
        return parse(row), place + 1
    except LineError as wrong:
        if not wrong.unclosed:
            raise
        for more in _texts_end(rows, place):
            try:
                return parse(b"\n".join([row, *rows[place + 1 : more + 1]])), more + 1
            except LineError:
                continue
        raise


def _texts_end(rows: list[bytes], place: int) -> Iterable[int]:
    """List the next few rows in which a text may end: they have a quote, and are not far."""
    size, found = 0, 0
    for more in range(place + 1, len(rows)):
        size += len(rows[more])
        if size > _LONGEST_TEXT or found == _MOST_LINES_OF_A_TEXT:
            return
        if b'"' in rows[more]:
            found += 1
            yield more


def _code(known: Series, head: bytes, key: bytes) -> int:
    """Number the series of a field; raises LineError."""
    code = known.heads.get(head, {}).get(key)
    if code is None:
        measurement, tags = series(head)
        code = known.code(head, key, Point(measurement, tags, plain(key)))
    return code
