"""DM as a Faust application: the four quantity topics and what people change become the ordered log."""

from collections.abc import Mapping

import faust
import msgspec

from pdm import metrics
from pdm.broker.topics import CONTROL, FRAMES, PRESSURE, PROCESS, TEMPERATURE, VIBRATION
from pdm.chain.manipulation import saving
from pdm.chain.manipulation.align import align
from pdm.chain.manipulation.buffers import Buffers
from pdm.chain.manipulation.copying import copy
from pdm.chain.manipulation.flow import account, resume
from pdm.chain.warm import warm_align
from pdm.plant.load import load
from pdm.plant.spec import Plant
from pdm.records.block import Block
from pdm.records.control import Control
from pdm.records.flow import FLOW, Flow
from pdm.records.log import Frames
from pdm.settings import Settings
from pdm.state.chunks import widened
from streams.app import make_app
from streams.core import Message
from streams.stateful import Stateful

STAGE = "align"
TOPICS = (VIBRATION, TEMPERATURE, PRESSURE, PROCESS, CONTROL)
SAVED_AT_ONCE = 8
"""Chunks in one checkpoint: 1,024 machines; larger plants are saved in turn."""
OUTCOMES = {
    "read": "readings",
    "framed": "framed",
    "late": "late",
    "duplicate": "duplicates",
    "conflict": "conflicts",
    "dead_letter": "put_aside",
}
"""What the metric calls the parts of an account; what was read and is nothing else is in open frames."""

_FLOW = msgspec.msgpack.Decoder(Flow)
_BLOCK = msgspec.msgpack.Decoder(Block)
_CONTROL = msgspec.msgpack.Decoder(Control)
_ENCODER = msgspec.msgpack.Encoder()


class AlignCore:
    """The open frames of one partition."""

    def __init__(self, plant: Plant) -> None:
        self.buffers = Buffers(plant)
        self._saving = self._shown = account(self.buffers)

    def eat(self, topic: int, offset: int, payload: bytes) -> list[Message]:
        """Put a block into its frames, or copy what people say; returns what goes into the ordered log."""
        if TOPICS[topic] == CONTROL:
            return [
                Message(FRAMES, b"", _ENCODER.encode(copy(self.buffers, offset, _CONTROL.decode(payload))))
            ]
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
        self.buffers.ledger.refuse(topic, offset)

    def views(self) -> list[Message]:
        """Return nothing: people look at what the monitor says."""
        return []

    def rows(self) -> dict[str, bytes]:
        """Encode the chunks whose turn it is, and the account of all readings."""
        chunks = self.buffers.chunks.due(SAVED_AT_ONCE)
        self._saving = account(self.buffers)
        rows = {f"{chunk}": saving.save(self.buffers, chunk) for chunk in chunks}
        return {**rows, FLOW: _ENCODER.encode(self._saving)}

    def cursor(self) -> list[int]:
        """Return for each topic the newest offset that all saved chunks hold."""
        newest: list[int] = self.buffers.chunks.cursor().tolist()
        return newest

    def confirmed(self) -> None:
        """Count for the metrics what no crash will bring a second time, unless it is one now."""
        if not self._saving.repeating:
            count_flow(self._shown, self._saving)
            self._shown = self._saving

    def restore(self, rows: Mapping[str, bytes], cursor: list[int]) -> None:
        """Take over saved chunks, and the account of what they hold."""
        for name in sorted((name for name in rows if name != FLOW), key=int):
            saving.load(self.buffers, int(name), rows[name])
        self.buffers.chunks.position[:] = widened(cursor, len(TOPICS))
        self._shown = _FLOW.decode(rows[FLOW])
        resume(self.buffers, self._shown)


def count_flow(before: Flow, now: Flow) -> None:
    """Count what has been added to an account since."""
    for outcome, field in OUTCOMES.items():
        added = getattr(now, field) - getattr(before, field)
        metrics.RECORDS.labels(STAGE, outcome).inc(added)


def application(settings: Settings) -> faust.App:
    """Return the application that runs `align`; its kernels are there before it joins its group."""
    warm_align()
    app, plant = make_app(STAGE, settings), load(settings.plant)
    Stateful(app, STAGE, TOPICS, lambda: AlignCore(plant))
    return app
