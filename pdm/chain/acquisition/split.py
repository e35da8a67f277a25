"""Where one record of a damaged body ends and the next begins, in time linear in its length."""

import re
from collections.abc import Iterator

_TEXT = rb'"[^"\\\x00-\x1f]*+(?:\\.[^"\\\x00-\x1f]*+)*+"'


def _nested(depth: int) -> bytes:
    """Match a bracketed value with at most `depth` values nested inside one another."""
    inner = rb"(?:[^\[\]{}\"]++|" + _TEXT + (b"|" + _nested(depth - 1) if depth else b"") + rb")*+"
    return rb"\[" + inner + rb"\]|\{" + inner + rb"\}"


_ITEM = re.compile(rb"\s*+((?:" + _nested(4) + rb"|" + _TEXT + rb"|[^,\[\]{}\"]++)*+)\s*+(?:,|\]|\Z)")
"""One well-bracketed item of an array, and the comma or the end behind it."""

_SEAM = re.compile(rb",\s*+(?=\{)")
"""Where a damaged array most likely goes on with its next record."""


def items(body: bytes) -> Iterator[bytes]:
    """Cut the text of a JSON array into its items, whatever is wrong inside some of them.

    An item whose brackets or quotes do not close runs to the next `,{` behind it.
    """
    start = _past_blank(body, body.index(b"[") + 1)
    end = len(body.rstrip())
    if end - start == 1 and body[start:end] == b"]":
        return
    while start < end:
        item = _ITEM.match(body, start)
        if item is None:
            seam = _SEAM.search(body, start)
            yield body[start : seam.start() if seam else _last(body, end)].rstrip()
            start = seam.end() if seam else end
        else:
            yield item[1].rstrip()
            start = _past_blank(body, item.end())


def pieces(item: bytes) -> list[bytes]:
    """Cut an item that is no JSON where records seem to meet: an odd quote may have joined several."""
    found, start = [], 0
    for seam in _SEAM.finditer(item):
        found.append(item[start : seam.start()].rstrip())
        start = seam.end()
    return [*found, item[start:]]


def lines(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Number the lines of NDJSON from 0, leaving out the blank ones."""
    start, number = 0, 0
    while start < len(body):
        end = body.find(b"\n", start)
        end = len(body) if end < 0 else end
        line = body[start:end].strip()
        if line:
            yield number, line
        start, number = end + 1, number + 1


def _last(body: bytes, end: int) -> int:
    """Find where the last item ends: before the bracket that closes the array."""
    return end - 1 if body[end - 1 : end] == b"]" else end


def _past_blank(body: bytes, start: int) -> int:
    """Skip white space."""
    while body[start : start + 1].isspace():
        start += 1
    return start
