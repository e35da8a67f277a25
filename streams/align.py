"""DM as a Faust application: blocks of the four quantity topics become the ordered log."""

from collections.abc import Mapping

import faust
import msgspec
import numpy as np

from pdm import metrics
from pdm.broker.topics import FRAMES, PRESSURE, PROCESS, TEMPERATURE, VIBRATION
from pdm.chain.manipulation import saving
from pdm.chain.manipulation.align import align
from pdm.chain.manipulation.buffers import Buffers
from pdm.chain.warm import warm_align
from pdm.plant.load import load
from pdm.plant.spec import Plant
from pdm.records.block import Block
from pdm.records.log import Frames
from pdm.settings import Settings
from streams.app import make_app
from streams.core import Message
from streams.stateful import Stateful

STAGE = "align"
TOPICS = (VIBRATION, TEMPERATURE, PRESSURE, PROCESS)
SAVED_AT_ONCE = 8
"""Chunks in one checkpoint: 1,024 machines; larger plants are saved in turn."""

_BLOCK = msgspec.msgpack.Decoder(Block)
_ENCODER = msgspec.msgpack.Encoder()


class AlignCore:
    """The open frames of one partition."""

    def __init__(self, plant: Plant) -> None:
        self.buffers = Buffers(plant)

    def eat(self, topic: int, offset: int, payload: bytes) -> list[Message]:
        """Put a block into its frames; returns what goes into the ordered log."""
        records, outcome = align(self.buffers, topic, offset, _BLOCK.decode(payload))
        metrics.LATE.inc(outcome.late)
        metrics.DUPLICATES.inc(outcome.duplicates)
        metrics.CONFLICTS.inc(outcome.conflicts)
        metrics.FRAMES.inc(sum(len(r.time) // 8 for r in records if isinstance(r, Frames)))
        return [Message(FRAMES, b"", _ENCODER.encode(record)) for record in records]

    def skip(self, topic: int, offset: int) -> None:
        """Pass over a block that could not be used."""
        position = self.buffers.chunks.position
        position[topic] = max(position[topic], offset)

    def views(self) -> list[Message]:
        """Return nothing: people look at what the monitor says."""
        return []

    def rows(self) -> dict[str, bytes]:
        """Encode the chunks whose turn it is."""
        return {
            f"{chunk}": saving.save(self.buffers, chunk) for chunk in self.buffers.chunks.due(SAVED_AT_ONCE)
        }

    def cursor(self) -> list[int]:
        """Return for each topic the newest offset that all saved chunks hold."""
        newest: list[int] = self.buffers.chunks.cursor().tolist()
        return newest

    def restore(self, rows: Mapping[str, bytes], cursor: list[int]) -> None:
        """Take over saved chunks."""
        for name in sorted(rows, key=int):
            saving.load(self.buffers, int(name), rows[name])
        self.buffers.chunks.position[:] = np.array(cursor, np.int64)


def application(settings: Settings) -> faust.App:
    """Return the application that runs `align`; its kernels are there before it joins its group."""
    warm_align()
    app, plant = make_app(STAGE, settings), load(settings.plant)
    Stateful(app, STAGE, TOPICS, lambda: AlignCore(plant))
    return app
