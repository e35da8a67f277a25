"""Columns: accepted readings of one or more requests as parallel arrays, in the order they came."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from pdm.records.block import Channel

Array = NDArray[Any]
MOST_CHANNELS = 65_535
"""A channel's index is two bytes in a block."""


class Columns(Struct, frozen=True):
    """Readings in SI units, in request order.

    assets  : names; classes : class of each of them, "" where nobody declared one
    machine : (n,) u4 index into `assets`
    channel : (n,) u2 index into `channels`
    time    : (n,) i8 data time, ns since the epoch
    value   : (n,) f8 in the channel's SI unit, finite
    quality : (n,) u1, see `Quality`
    """

    assets: list[str]
    classes: list[str]
    channels: list[Channel]
    machine: Array
    channel: Array
    time: Array
    value: Array
    quality: Array

    def __len__(self) -> int:
        return len(self.machine)

    def rows(self, which: Array | slice) -> "Columns":
        """Take some readings; the dictionaries stay as they are."""
        return Columns(
            self.assets,
            self.classes,
            self.channels,
            self.machine[which],
            self.channel[which],
            self.time[which],
            self.value[which],
            self.quality[which],
        )


EMPTY = Columns(
    [],
    [],
    [],
    np.empty(0, np.uint32),
    np.empty(0, np.uint16),
    np.empty(0, np.int64),
    np.empty(0, np.float64),
    np.empty(0, np.uint8),
)


def compact(columns: Columns) -> Columns:
    """Forget the assets and channels that no reading names."""
    assets, machine = np.unique(columns.machine, return_inverse=True)
    channels, channel = np.unique(columns.channel, return_inverse=True)
    return Columns(
        [columns.assets[i] for i in assets],
        [columns.classes[i] for i in assets],
        [columns.channels[i] for i in channels],
        machine.astype(np.uint32),
        channel.astype(np.uint16),
        columns.time,
        columns.value,
        columns.quality,
    )


def merge(parts: Sequence[Columns]) -> Columns:
    """Put requests behind one another; an asset keeps the class it was first given.

    raises OverflowError where they name more than MOST_CHANNELS channels together
    """
    if len(parts) == 1:
        return parts[0]
    assets: dict[str, int] = {}
    classes: list[str] = []
    channels: dict[Channel, int] = {}
    machine, channel = [], []
    for part in parts:
        for asset, machine_class in zip(part.assets, part.classes, strict=True):
            if assets.setdefault(asset, len(assets)) == len(classes):
                classes.append(machine_class)
        machine.append(_recoded(part.machine, [assets[a] for a in part.assets], np.uint32))
        codes = [channels.setdefault(c, len(channels)) for c in part.channels]
        channel.append(_recoded(part.channel, codes, np.uint16))
    if len(channels) > MOST_CHANNELS:
        raise OverflowError(f"{len(channels)} channels do not fit one flush")
    return Columns(
        list(assets),
        classes,
        list(channels),
        np.concatenate(machine) if machine else EMPTY.machine,
        np.concatenate(channel) if channel else EMPTY.channel,
        np.concatenate([p.time for p in parts]) if parts else EMPTY.time,
        np.concatenate([p.value for p in parts]) if parts else EMPTY.value,
        np.concatenate([p.quality for p in parts]) if parts else EMPTY.quality,
    )


def _recoded(index: Array, codes: list[int], kind: Any) -> Array:
    """Translate an index of one request into that of the whole."""
    table: Array = np.array(codes, dtype=np.int64).astype(kind)
    return table[index]
