"""Messages as lines: one reading each, so that the verdict on a line is the verdict on a message."""

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import cast

import msgspec
from msgspec import Raw, Struct

from pdm.chain.acquisition.decode import LARGEST_RECORD, shortened
from pdm.chain.acquisition.split import items, lines
from pdm.ingest.message import Form, Sent, source_name

_FIRST = itemgetter(0)
_BREAKS = bytes.maketrans(b"\r\n", b"  ")
_ARRAY = msgspec.json.Decoder(list[Raw])


class Envelope(Struct, frozen=True):
    """A CloudEvent in structured mode: what of it is read."""

    source: str
    data: Raw


class Lines(Struct, frozen=True):
    """Readings of several messages, one a line.

    plain  : each is an object and no larger than a reading may be, so far as can be seen without reading it
    of     : (lines) for each line the message it is of, and its number among several of that message,
             -1 for the only one; None where line and message are the same in number
    unread : message -> why it has no line at all
    """

    lines: list[bytes]
    of: list[tuple[int, int]] | None = None
    unread: dict[int, str] = {}
    plain: bool = False


_ENVELOPE = msgspec.json.Decoder(Envelope)


def written(messages: Sequence[Sent], form: Form) -> Lines:
    """Write messages as lines: at once where each is an object on a line of its own."""
    values = [message.value for message in messages]
    if form is Form.JSON and _all_plain(values):
        return Lines(cast(list[bytes], values), plain=True)
    found: list[bytes] = []
    of: list[tuple[int, int]] = []
    unread: dict[int, str] = {}
    for place, value in enumerate(values):
        try:
            mine = list(_cut(value or b"", form))
        except msgspec.MsgspecError as error:
            unread[place] = shortened(f"no {form.name.lower()}: {error}")
            continue
        if not mine:
            unread[place] = "a message without a reading"
        found += mine
        of += [(place, item if len(mine) > 1 else -1) for item in range(len(mine))]
    return Lines(found, of, unread)


def unwrapped_source(value: bytes) -> str:
    """Name the source that an envelope says, "" where it says none that can be used."""
    try:
        return source_name(_ENVELOPE.decode(value).source)
    except (msgspec.MsgspecError, RecursionError):
        return ""


def _all_plain(values: Sequence[bytes | None]) -> bool:
    """Say whether every value begins with a brace, has no line break, and is not too large."""
    try:
        begins = bytes(map(_FIRST, values))  # type: ignore[arg-type]
    except (TypeError, IndexError):
        return False
    some = cast(Sequence[bytes], values)
    if begins.count(b"{") < len(some) or max(map(len, some)) > LARGEST_RECORD:
        return False
    return b"\n" not in b"".join(some)


def _cut(value: bytes, form: Form) -> Iterator[bytes]:
    """Give the readings of one message; raises MsgspecError for an envelope that is none."""
    if form is Form.LINES:
        yield from (line.translate(_BREAKS) for _, line in lines(value))
        return
    if form is Form.ENVELOPE:
        value = bytes(_ENVELOPE.decode(value).data)
    if value.lstrip()[:1] == b"[":
        yield from (item.translate(_BREAKS) for item in _items(value))
    elif value.strip():
        yield value.translate(_BREAKS)


def _items(value: bytes) -> Iterator[bytes]:
    """Cut an array; one that is damaged as well as that can be done."""
    try:
        found = _ARRAY.decode(value)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        yield from (item or b"null" for item in items(value))
        return
    yield from (bytes(item) for item in found)
