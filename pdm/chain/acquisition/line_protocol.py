"""InfluxDB line protocol, exactly: one line taken apart, with its escapes, quotes and kinds of values.

    measurement[,tag=value...] field=value[,field=value...] [timestamp]

A backslash escapes a comma, a space and, but not in a measurement, an equals sign; before anything else it
is a backslash. A text stands in double quotes, in which a backslash escapes a quote and itself.
"""

import math
import re
from collections.abc import Sequence

from msgspec import Struct

from pdm.errors import PdmError

Value = float | bool | str
"""What a field may hold; whole numbers come out as floats."""

_MEASUREMENT = re.compile(rb"(?:[^, \\\n]|\\[, ]|\\)++")
_NAME = rb"(?:[^,= \\\n]|\\[,= ]|\\)++"
_TAG = re.compile(rb",(" + _NAME + rb")=(" + _NAME + rb")")
_HEAD = re.compile(_MEASUREMENT.pattern + rb"(?:," + _NAME + rb"=" + _NAME + rb")*+")
_FIELD = re.compile(rb"(" + _NAME + rb')=("(?:[^"\\]|\\.)*+"|[^,"\s]++)', re.DOTALL)
_STAMP = re.compile(rb"(?: ++(-?[0-9]{1,30}))?[ \t\r]*+")
_SPACES = re.compile(rb" ++")
_OPEN = re.compile(_NAME + rb'="(?:[^"\\]|\\.)*+\Z', re.DOTALL)
_ESCAPED = re.compile(rb"\\([,= ])")
_ESCAPED_IN_MEASUREMENT = re.compile(rb"\\([, ])")
_ESCAPED_IN_TEXT = re.compile(r'\\(["\\])')

FLOAT = re.compile(rb"[+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?")
_WHOLE = re.compile(rb"(-?[0-9]{1,19})i|([0-9]{1,20})u")
_BOOLEAN = {
    **dict.fromkeys((b"t", b"T", b"true", b"True", b"TRUE"), True),
    **dict.fromkeys((b"f", b"F", b"false", b"False", b"FALSE"), False),
}
_NOT_FINITE = re.compile(rb"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)


class LineError(PdmError):
    """A line is no line protocol; `unclosed` where a text in it has no end yet."""

    def __init__(self, detail: str, *, unclosed: bool = False) -> None:
        super().__init__(detail)
        self.unclosed = unclosed


class Line(Struct, frozen=True):
    """One line: measurement and tags as they are written, field keys as they are written with their values.

    stamp : None where there is none
    """

    head: bytes
    fields: Sequence[tuple[bytes, Value]]
    stamp: int | None


def parse(line: bytes) -> Line:
    """Take a line apart; raises LineError."""
    head = _HEAD.match(line)
    if head is None:
        raise LineError("the measurement is missing")
    gap = _SPACES.match(line, head.end())
    if gap is None:
        raise LineError(_told(line, head.end(), "a tag as name=value, or a space and the fields"))
    fields, end = _fields(line, gap.end())
    stamp = _STAMP.fullmatch(line, end)
    if stamp is None:
        raise LineError(_told(line, end, "a comma and a field, or a timestamp as a whole number"))
    return Line(head[0], fields, int(stamp[1]) if stamp[1] else None)


def series(head: bytes) -> tuple[str, dict[str, str]]:
    """Read measurement and tags; raises LineError where they are not UTF-8, or a tag is there twice."""
    measurement = _MEASUREMENT.match(head)
    if measurement is None or _HEAD.fullmatch(head) is None:
        raise LineError("the measurement or a tag is missing")
    found: dict[str, str] = {}
    for tag in _TAG.finditer(head, measurement.end()):
        name = plain(tag[1])
        if name in found:
            raise LineError(f"tag {name[:40]!r} is there twice")
        found[name] = plain(tag[2])
    return _utf8(_ESCAPED_IN_MEASUREMENT.sub(rb"\1", measurement[0])), found


def plain(name: bytes) -> str:
    """Take the escapes out of a tag or a key; raises LineError where it is not UTF-8."""
    return _utf8(_ESCAPED.sub(rb"\1", name) if b"\\" in name else name)


def _fields(line: bytes, start: int) -> tuple[list[tuple[bytes, Value]], int]:
    """Read the fields, and say where they end."""
    found = []
    while True:
        field = _FIELD.match(line, start)
        if field is None:
            unclosed = _OPEN.match(line, start) is not None
            expected = "a quote that ends the text" if unclosed else "a field as name=value"
            raise LineError(_told(line, len(line) if unclosed else start, expected), unclosed=unclosed)
        found.append((field[1], _value(field[2])))
        start = field.end()
        if line[start : start + 1] != b",":
            return found, start
        start += 1


def _value(text: bytes) -> Value:
    """Read a value by its kind; a number that is not finite is nan or infinite."""
    if text[:1] == b'"':
        return _ESCAPED_IN_TEXT.sub(r"\1", _utf8(text[1:-1]))
    if FLOAT.fullmatch(text):
        return float(text)
    whole = _WHOLE.fullmatch(text)
    if whole is not None:
        number = int(whole[1] or whole[2])
        if -(2**63) <= number < (2**63 if whole[1] else 2**64):
            return float(number)
        raise LineError(f"{_shown(text)} does not fit 64 bits")
    if text in _BOOLEAN:
        return _BOOLEAN[text]
    if _NOT_FINITE.fullmatch(text):
        return math.nan
    raise LineError(f"{_shown(text)} is no number, no boolean, and no text in double quotes")


def _utf8(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise LineError(f"{_shown(text)} is not UTF-8") from None


def _told(line: bytes, at: int, expected: str) -> str:
    return (
        f"at character {at + 1}: expected {expected}, found {_shown(line[at:]) if line[at:] else 'the end'}"
    )


def _shown(text: bytes) -> str:
    return repr(text[:24].decode(errors="replace"))
