"""A recording as the frames of one machine, through the same door and `align` as a live reading."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from models.pace import pace
from models.running import judged_rows
from pdm.chain.detection.running import trait
from pdm.fitting.maintenance import Span, outside
from pdm.plant.lookup import class_of, running_of
from pdm.plant.spec import Plant
from pdm.records.block import Channel
from pdm.records.event import Kind
from pdm.records.log import Frames
from pdm.records.quality import Quality
from pdm.replay.offline import Offline, deliver
from pdm.replay.recording import Recording

Array = NDArray[np.float64]


class Stretch(NamedTuple):
    """What a machine did for a while.

    X        : (frames, channels) in SI, in time order, NaN where nothing usable was measured
    rejected : readings that the door refused
    alarms   : that the chain raises on it with the plant file as it is
    left_out : frames that fell into a maintenance, and are not in X
    unsteady : frames in which it rested, started or stopped, which are not in X either
    """

    asset: str
    machine_class: str
    channels: tuple[Channel, ...]
    X: Array
    rejected: int = 0
    alarms: int = 0
    left_out: int = 0
    unsteady: int = 0


def stretch(plant: Plant, recording: Recording, under: Sequence[Span] = ()) -> Stretch:
    """Read a recording.

    under : when the machine was under maintenance
    raises LayoutError where the file cannot be read
    """
    chain = Offline(plant)
    chain.traced = []
    read, taken = deliver(chain, recording)
    records = [frames for frames, _ in chain.traced]
    channels = tuple(sorted({channel for record in records for channel in _channels(record)}))
    X = np.concatenate([np.empty((0, len(channels))), *(_rows(record, channels) for record in records)])
    time = np.frombuffer(b"".join(record.time for record in records), "<i8")
    kept = outside(time, under)
    machine_class = class_of(plant, recording.asset, recording.layout.machine_class)
    asked = trait(channels, running_of(plant, recording.asset, machine_class))
    steady = judged_rows(asked, pace(plant.frame_ns / 1e9), X)
    return Stretch(
        asset=recording.asset,
        machine_class=machine_class,
        channels=channels,
        X=X[kept & steady],
        rejected=read - taken,
        alarms=sum(event.kind is Kind.RAISE for event in chain.events),
        left_out=int(np.count_nonzero(~kept)),
        unsteady=int(np.count_nonzero(kept & ~steady)),
    )


def _channels(record: Frames) -> list[Channel]:
    return msgspec.msgpack.decode(record.channels, type=list[Channel])


def _rows(record: Frames, channels: tuple[Channel, ...]) -> Array:
    """Spread the cells of one record out; all its rows are of the one machine."""
    width = np.frombuffer(record.width, "<u2").astype(np.int64)
    column = np.array([channels.index(channel) for channel in _channels(record)], np.int64)
    quality = np.frombuffer(record.quality, np.uint8)
    X = np.full((len(width), len(channels)), np.nan)
    cell = np.frombuffer(record.channel, "<u2")
    value = np.where(quality >= Quality.UNCERTAIN, np.frombuffer(record.value, "<f8"), np.nan)
    X[np.repeat(np.arange(len(width)), width), column[cell]] = value
    return X
