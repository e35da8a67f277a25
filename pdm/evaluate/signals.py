"""What a machine's sensors said, as one matrix: what can be cut, disturbed and judged again, in memory."""

import time

import numpy as np
from msgspec import Struct, structs

from pdm.chain.acquisition.admit import admit
from pdm.chain.acquisition.columns import Columns, merge
from pdm.chain.acquisition.decode import JSON
from pdm.evaluate.run import Array
from pdm.plant.lookup import class_of
from pdm.plant.spec import Plant
from pdm.records.block import Channel
from pdm.records.quality import Quality
from pdm.replay.recording import Recording, requests


class Signals(Struct, frozen=True):
    """One machine from its first to its last row.

    channels : in the order of the columns, each in its SI unit
    times    : (n,) i8, ns since the epoch, rising
    values   : (n, channels) f8, NaN where nothing was measured
    labels   : (n,) whether the row is anomalous
    group    : the folder it comes from, a family of faults
    """

    asset: str
    machine_class: str
    channels: tuple[Channel, ...]
    times: Array
    values: Array
    labels: Array
    group: str = ""

    def __len__(self) -> int:
        return len(self.times)

    def cut(self, begin: int, end: int) -> "Signals":
        """Take the rows from `begin` up to `end`, as if the recording had begun and ended there."""
        rows = slice(begin, end)
        return structs.replace(
            self, times=self.times[rows], values=self.values[rows], labels=self.labels[rows]
        )

    def with_values(self, values: Array) -> "Signals":
        """Return the same rows with other values."""
        return structs.replace(self, values=values)

    def columns(self) -> Columns:
        """Write it as accepted readings, row by row."""
        row, channel = np.nonzero(~np.isnan(self.values))
        return Columns(
            assets=[self.asset],
            classes=[self.machine_class],
            channels=list(self.channels),
            machine=np.zeros(len(row), np.uint32),
            channel=channel.astype(np.uint16),
            time=self.times[row],
            value=self.values[row, channel],
            quality=np.full(len(row), int(Quality.GOOD), np.uint8),
        )


def read(recording: Recording, plant: Plant, times: Array, labels: Array, group: str = "") -> Signals:
    """Read a recorded file through the same admission as any reading; labels stand beside it.

    times, labels : (n,) as `folder.times_and_labels` reads them
    raises LayoutError where the file cannot be read
    """
    kind = recording.layout.machine_class
    now = time.time_ns()
    parts = [admit(r.body, JSON, plant, now, kind).columns for r in requests(recording)]
    columns = merge([part for part in parts if len(part)])
    instants, row = np.unique(columns.time, return_inverse=True)
    values = np.full((len(instants), len(columns.channels)), np.nan)
    values[row, columns.channel] = columns.value
    label = np.zeros(len(instants), np.bool_)
    label[np.searchsorted(instants, times[np.isin(times, instants) & labels])] = True
    asset = recording.asset
    return Signals(
        asset, class_of(plant, asset, kind), tuple(columns.channels), instants, values, label, group
    )
