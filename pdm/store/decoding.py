"""Messages of the four topics as rows of the store."""

import msgspec

from pdm.broker.topics import ADVICE, CONTROL, EVENTS, HEALTH
from pdm.records.advice import Advice
from pdm.records.control import Control
from pdm.records.event import Event
from pdm.records.status import AssetStatus
from pdm.store.protocol import Row

TOPICS = (EVENTS, ADVICE, HEALTH, CONTROL)
"""What the store is filled from, and can be rebuilt from."""

_EVENT = msgspec.msgpack.Decoder(Event)
_ADVICE = msgspec.msgpack.Decoder(Advice)
_CONTROL = msgspec.msgpack.Decoder(Control)
_STATUSES = msgspec.msgpack.Decoder(list[AssetStatus])


def rows(topic: str, value: bytes) -> list[Row]:
    """Read one message of a topic; raises msgspec.MsgspecError where it cannot be read."""
    if topic == HEALTH:
        return [*_STATUSES.decode(value)]
    if topic == CONTROL:
        return [_CONTROL.decode(value)]
    return [_EVENT.decode(value) if topic == EVENTS else _ADVICE.decode(value)]
