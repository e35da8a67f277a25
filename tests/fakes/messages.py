"""Messages of the ingest topic, as a Kafka client gives them."""

from collections.abc import Sequence

from fakes.gateway import reading
from msgspec import Struct

from pdm.broker.topics import INGEST
from pdm.ingest.message import Polled


class Message(Struct):
    """One message."""

    offset: int
    value: bytes | None
    key: bytes | None = None
    headers: tuple[tuple[str, bytes], ...] = ()


def polled(*values: bytes | None, headers: Sequence[tuple[str, bytes]] = ()) -> Polled:
    """Give one poll of one partition."""
    return {(INGEST, 0): [Message(i, value, headers=tuple(headers)) for i, value in enumerate(values)]}


def good(value: float = 2.5, **changes: object) -> bytes:
    """Write one good reading."""
    return reading(value=value, **changes)
