"""State rows in parts that Kafka takes, in two places by turns: the cursor row says which place counts.

A row may be larger than a message, and a crash may come between two of its parts. So a row is written
beside the one that counts, and counts itself only with the cursor row that names it.
"""

from collections.abc import Iterator, Mapping

import msgspec
from msgspec import Struct

PART = 512 * 1024
"""Bytes of a part at most."""


class Cursor(Struct, frozen=True, array_like=True):
    """The last row of a checkpoint, with which all the others begin to count.

    newest : offset of each topic that the saved state holds
    places : row -> where its parts are, 0 or 1, and how many
    """

    newest: list[int]
    places: dict[str, tuple[int, int]]


_DECODER = msgspec.msgpack.Decoder(Cursor)


def encode(cursor: Cursor) -> bytes:
    """Write a cursor row."""
    return msgspec.msgpack.encode(cursor)


def decode(data: bytes) -> Cursor:
    """Read a cursor row."""
    return _DECODER.decode(data)


def moved(places: Mapping[str, tuple[int, int]], rows: Mapping[str, bytes]) -> dict[str, tuple[int, int]]:
    """Return where everything is once these rows have been written: each in the place it was not."""
    fresh = {name: (1 - places.get(name, (1, 0))[0], -(-len(row) // PART) or 1) for name, row in rows.items()}
    return {**places, **fresh}


def split(name: str, row: bytes, place: tuple[int, int]) -> Iterator[tuple[str, bytes]]:
    """Cut a row into its parts, each with its key."""
    slot, count = place
    for part in range(count):
        yield f"{name}/{slot}/{part}", row[part * PART : (part + 1) * PART]


def join(name: str, place: tuple[int, int], parts: Mapping[str, bytes]) -> bytes:
    """Put a row together again; raises KeyError where a part is missing."""
    slot, count = place
    return b"".join(parts[f"{name}/{slot}/{part}"] for part in range(count))
