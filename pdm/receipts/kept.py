"""A request of the last day, and what it was answered."""

from msgspec import Raw, Struct


class Kept(Struct, frozen=True):
    """A request that was judged to its end, as it is written down.

    id      : the receipt's name, for `GET /v1/receipts/{id}`
    time_ns : when it was answered, by the gateway's clock
    path    : of the operation; source : who delivered
    key     : its Idempotency-Key, "" where it had none
    digest  : of what was sent, so that a key used for something else is noticed
    status  : of the answer; media_type, body : the answer itself
    """

    id: str
    time_ns: int
    path: str
    source: str
    key: str
    digest: bytes
    status: int
    media_type: str
    body: bytes
    accepted: int
    refused: int


class ReceiptLine(Struct, frozen=True):
    """A receipt in a list; time : when it was answered, RFC 3339."""

    id: str
    time: str
    path: str
    source: str
    status: int
    accepted: int
    refused: int
    idempotency_key: str = ""


class ReceiptDetail(Struct, frozen=True):
    """A receipt with the whole answer, as it was given."""

    line: ReceiptLine
    answer: Raw
