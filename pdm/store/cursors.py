"""Opaque cursors: the key of the last row shown, bound to the query that showed it."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256

import msgspec

from pdm.store.errors import CursorError

Key = list[int | str]


class _Cursor(msgspec.Struct, frozen=True, array_like=True):
    digest: bytes
    key: Key


def write_cursor(query: msgspec.Struct, key: Key) -> str:
    """Return the cursor that goes on after `key`."""
    data = msgspec.msgpack.encode(_Cursor(_digest(query, key), key))
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def read_cursor(query: msgspec.Struct, text: str) -> Key:
    """Return the key after which to go on; raises CursorError if it is not one of this query."""
    try:
        data = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        cursor = msgspec.msgpack.decode(data, type=_Cursor)
    except (ValueError, msgspec.MsgspecError) as error:
        raise CursorError("the cursor is damaged: start without one") from error
    if cursor.digest != _digest(query, cursor.key):
        raise CursorError("the cursor belongs to another query: keep the filters, or start without one")
    return cursor.key


def _digest(query: msgspec.Struct, key: Key) -> bytes:
    return sha256(msgspec.msgpack.encode([type(query).__name__, query, key])).digest()[:9]
