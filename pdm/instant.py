"""Data time: nanoseconds since the epoch inside, RFC 3339 in UTC outside."""

from datetime import UTC, datetime

NS = 1_000_000_000


def rfc3339(ns: int) -> str:
    """Write an instant with as many groups of three decimals as it needs: 0, 3, 6 or 9."""
    seconds, rest = divmod(ns, NS)
    text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    digits = f"{rest:09d}"
    while digits.endswith("000"):
        digits = digits[:-3]
    return f"{text}.{digits}Z" if digits else f"{text}Z"


def nanoseconds(text: str) -> int:
    """Read an RFC 3339 instant exactly, up to nine decimals.

    raises ValueError if it is not one, or names no zone
    """
    head, dot, tail = text.strip().partition(".")
    fraction = 0
    if dot:
        digits = tail[: len(tail) - len(tail.lstrip("0123456789"))]
        if not 1 <= len(digits) <= 9:
            raise ValueError(f"{text!r} is not an instant: 1 to 9 decimals are allowed")
        fraction, head = int(digits.ljust(9, "0")), head + tail[len(digits) :]
    moment = datetime.fromisoformat(head)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} names no time zone: add Z or an offset")
    return int(moment.timestamp()) * NS + fraction
