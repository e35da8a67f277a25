"""Records for tests: one plausible value of each, with the fields a test names changed."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from pdm.instant import NS, nanoseconds, rfc3339
from pdm.records.advice import Action, Advice, Hypothesis, Urgency
from pdm.records.event import Event, Evidence, Kind, Severity
from pdm.records.status import AssetStatus, ChannelStatus, Condition

NOON = nanoseconds("2026-03-01T12:00:00Z")


def at(seconds: float) -> str:
    """Return the instant so many seconds after noon."""
    return rfc3339(NOON + round(seconds * NS))


def make_evidence(**changes: Any) -> Evidence:
    """Return what a vibration channel far above its baseline says."""
    values: dict[str, Any] = {
        "channel": "de-velocity",
        "quantity": "vibration",
        "unit": "m/s",
        "detector": "drift",
        "score": 2.4,
        "value": 0.0071,
        "baseline": 0.0023,
    }
    return Evidence(**{**values, **changes})


def make_event(number: int = 0, **changes: Any) -> Event:
    """Return the raise of alarm `number`, that many seconds after noon."""
    values: dict[str, Any] = {
        "id": str(uuid5(NAMESPACE_URL, str(number))),
        "revision": 1,
        "asset": "pump-7",
        "machine_class": "pump",
        "kind": Kind.RAISE,
        "cause": f"drift-{number}",
        "severity": Severity.ALARM,
        "time": at(number),
        "raised": at(number),
        "score": 2.4,
        "peak": 2.4,
        "evidence": (make_evidence(),),
    }
    return Event(**{**values, **changes})


def make_advice(number: int = 0, **changes: Any) -> Advice:
    """Return a draft of advice on alarm `number`."""
    values: dict[str, Any] = {
        "id": str(uuid5(NAMESPACE_URL, f"advice {number}")),
        "revision": 1,
        "event": make_event(number).id,
        "event_revision": 1,
        "asset": "pump-7",
        "time": at(number),
        "source": "draft",
        "urgency": Urgency.SOON,
        "text": "Look at pump-7.",
        "facts": ("de-velocity 7.1 mm/s",),
        "hypotheses": (Hypothesis("imbalance", "Imbalance", 0.6),),
        "actions": (Action("balance", "Balance the rotor.", "mechanic", 120),),
    }
    return Advice(**{**values, **changes})


def make_status(asset: str = "pump-7", **changes: Any) -> AssetStatus:
    """Return a machine in its normal state at noon."""
    values: dict[str, Any] = {
        "asset": asset,
        "machine_class": "pump",
        "condition": Condition.NORMAL,
        "time": at(0),
        "score": 0.2,
        "learning": 1.0,
        "channels": (ChannelStatus("de-velocity", "vibration", "m/s", 0.0023),),
    }
    return AssetStatus(**{**values, **changes})
