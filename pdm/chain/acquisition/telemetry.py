"""Telemetry as ThingsBoard's devices and gateways send it: keys and values, of one machine or of several."""

import math
from collections.abc import Iterator
from typing import Any

import msgspec

from pdm.chain.acquisition.line_protocol import Value
from pdm.chain.acquisition.mapping import Point
from pdm.chain.acquisition.points import Gathered, Points
from pdm.chain.acquisition.series import Series
from pdm.chain.acquisition.times import UNITS
from pdm.errors import RefusedError
from pdm.records.reading import Reason

MEASUREMENT = "telemetry"
"""What the rules take for the measurement of telemetry; its one tag is `device`, its fields are the keys."""
_JSON = msgspec.json.Decoder(Any)
_FAR = 10**18


def read_telemetry(body: bytes, device: str | None, known: Series, now_ns: int) -> Points:
    """Read {key: value}, {"ts": ms, "values": {...}}, a list of either, or {device: list of either}.

    device : whose it is; None only where the body says it
    now_ns : time of what has no ts
    raises RefusedError where the body as a whole means nothing
    """
    try:
        content = _JSON.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as wrong:
        raise RefusedError(Reason.MALFORMED, f"the body is not JSON: {wrong}") from None
    found = Gathered(known)
    for place, (name, record) in enumerate(_records(content, device)):
        _gather(record, name, place, found)
    return found.points(UNITS["ms"], now_ns)


def _records(content: Any, device: str | None) -> Iterator[tuple[str, Any]]:
    """List the records of a body, each with its device."""
    several = (
        isinstance(content, dict) and bool(content) and all(isinstance(v, list) for v in content.values())
    )
    if several:
        yield from ((name, record) for name, records in content.items() for record in records)
        return
    if device is None:
        raise RefusedError(Reason.MALFORMED, "which machine? Say ?asset=NAME, or send {machine: [records]}")
    if not isinstance(content, dict | list):
        raise RefusedError(Reason.MALFORMED, "the body must be an object or a list of objects")
    yield from ((device, record) for record in (content if isinstance(content, list) else [content]))


def _gather(record: Any, device: str, place: int, found: Gathered) -> None:
    """Gather the values of one record."""
    timed = isinstance(record, dict) and "values" in record and record.keys() <= {"ts", "values"}
    values, stamp = (record["values"], record.get("ts")) if timed else (record, None)
    if not isinstance(values, dict):
        found.refuse(place, (Reason.MALFORMED, 'expected {key: value} or {"ts": ms, "values": {key: value}}'))
        return
    if isinstance(stamp, float) and stamp.is_integer():
        stamp = int(stamp)
    if stamp is not None and (isinstance(stamp, bool) or not isinstance(stamp, int)):
        found.refuse(place, (Reason.MALFORMED, "ts must be a whole number of milliseconds since the epoch"))
        return
    before = len(found.codes)
    head = MEASUREMENT, device
    for key, value in values.items():
        code = found.known.heads.get(head, {}).get(key)
        if code is None:
            code = found.known.code(head, key, Point(MEASUREMENT, {"device": device}, key))
        found.take(place, code, _plain(value))
    found.close(place, None if stamp is None else b"%d" % min(max(stamp, -_FAR), _FAR), before)


def _plain(value: Any) -> Value | None:
    """Take a value as numbers, booleans and texts are taken; anything else is none of them."""
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value) if abs(value) < 2**1000 else math.inf
    return value if isinstance(value, float | bool | str) else None
