"""Records as rows: what each table keeps of a Struct beside its body."""

from functools import lru_cache

import msgspec

from pdm.instant import nanoseconds
from pdm.records.advice import Advice
from pdm.records.event import Event, Kind
from pdm.records.status import AssetStatus

Values = dict[str, object]

_encode = msgspec.msgpack.Encoder().encode
_ns = lru_cache(4096)(nanoseconds)


def event_row(event: Event) -> Values:
    """Return the row of one revision."""
    return {
        "run": event.run,
        "id": event.id,
        "revision": event.revision,
        "asset": event.asset,
        "kind": event.kind.value,
        "severity": event.severity.value,
        "time": event.time,
        "time_ns": _ns(event.time),
        "body": _encode(event),
    }


def alarm_row(event: Event) -> Values:
    """Return the row of an alarm as this revision leaves it."""
    return {
        "run": event.run,
        "id": event.id,
        "revision": event.revision,
        "asset": event.asset,
        "cause": event.cause,
        "severity": event.severity.value,
        "is_open": event.kind is not Kind.CLEAR,
        "raised": event.raised,
        "raised_ns": _ns(event.raised),
        "time": event.time,
        "time_ns": _ns(event.time),
    }


def advice_row(advice: Advice) -> Values:
    """Return the row of one piece of advice."""
    return {
        "run": advice.run,
        "id": advice.id,
        "revision": advice.revision,
        "event": advice.event,
        "asset": advice.asset,
        "source": advice.source,
        "urgency": advice.urgency.value,
        "time": advice.time,
        "time_ns": _ns(advice.time),
        "body": _encode(advice),
    }


def asset_row(status: AssetStatus) -> Values:
    """Return the row of one machine."""
    return {
        "run": status.run,
        "asset": status.asset,
        "condition": status.condition.value,
        "time": status.time,
        "time_ns": _ns(status.time),
        "body": _encode(status),
    }
