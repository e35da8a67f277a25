"""What a signal means on one kind of machine: its SI channel, conversion and range, or a refusal."""

import re
from collections.abc import Mapping

from msgspec import Struct

from pdm.errors import RefusedError
from pdm.plant.spec import ChannelSpec
from pdm.records.block import Channel
from pdm.records.reading import NAME, Reason
from pdm.units import to_si

ABSURD = 1e15
"""No plant has a value beyond this in any SI unit."""

Signal = tuple[str, str, str]
"""Channel, quantity and unit as a reading names them."""
Refusal = tuple[Reason, str]

_NAME = re.compile(NAME)


class Meaning(Struct, frozen=True):
    """How a signal is read: SI value = value * scale + offset, within lowest and highest."""

    channel: Channel
    scale: float
    offset: float
    lowest: float = -ABSURD
    highest: float = ABSURD


def named(kind: str, name: str) -> Refusal | None:
    """Refuse a name that would not fit a URL, a label or a key."""
    if _NAME.fullmatch(name):
        return None
    return Reason.BAD_NAME, f"{kind} {name[:40]!r}: 1 to 128 of letters, digits, . _ - are allowed"


def converted(signal: Signal) -> Meaning | Refusal:
    """Read a signal by what it says of itself."""
    channel, quantity, unit = signal
    try:
        si_unit, scale, offset = to_si(quantity, unit)
    except RefusedError as refused:
        return refused.reason, refused.detail
    return named("channel", channel) or Meaning(Channel(channel, quantity, si_unit), scale, offset)


def declared(meaning: Meaning, specs: Mapping[str, ChannelSpec], *, strict: bool) -> Meaning | Refusal:
    """Hold a signal against the plant file: its quantity, its kind of unit, its valid range."""
    channel = meaning.channel
    spec = specs.get(channel.name)
    if spec is None:
        if strict:
            return Reason.UNKNOWN_ASSET, f"the plant file names no channel {channel.name} of this machine"
        return meaning
    if spec.quantity != channel.quantity:
        return Reason.MALFORMED, f"the plant file declares {channel.name} as {spec.quantity}"
    if to_si(spec.quantity, spec.unit)[0] != channel.unit:
        return Reason.UNKNOWN_UNIT, f"the plant file declares {channel.name} in {spec.unit}"
    lowest, highest = spec.valid or (-ABSURD, ABSURD)
    return Meaning(channel, meaning.scale, meaning.offset, lowest, highest)
