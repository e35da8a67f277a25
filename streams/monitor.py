"""SD and HA as a Faust application: the ordered log becomes events, and a view of every machine."""

import time
from collections.abc import Mapping

import faust
import msgspec
import numpy as np

from pdm import metrics
from pdm.broker.topics import EVENTS, FRAMES, HEALTH, SNAPSHOTS
from pdm.chain.detection import saving
from pdm.chain.detection.bank import Bank
from pdm.chain.detection.portrait import portraits
from pdm.chain.standing import standing
from pdm.chain.step import step
from pdm.chain.warm import warm_step
from pdm.records.event import DATA, Event
from pdm.records.log import Frames, LogRecord
from pdm.settings import Settings
from streams.app import make_app
from streams.core import Message
from streams.stateful import Stateful

STAGE = "monitor"
TOPICS = (FRAMES,)
SAVED_AT_ONCE = 8
"""Chunks in one checkpoint: 1,024 machines; larger plants are saved in turn."""
SHOWN_AT_ONCE = 500
"""Machines whose standing is sent with one checkpoint; larger plants are shown in turn."""
DRAWN_AT_ONCE = 100
"""Machines of which a snapshot is sent with one checkpoint."""
PLANTS, AGENDA = "plants", "agenda"

_RECORD = msgspec.msgpack.Decoder(LogRecord)
_ENCODER = msgspec.msgpack.Encoder()


class MonitorCore:
    """The bank of one partition."""

    def __init__(self) -> None:
        self.bank = Bank()

    def eat(self, _topic: int, offset: int, payload: bytes) -> list[Message]:
        """Judge one record of the log; returns its events."""
        record = _RECORD.decode(payload)
        taken = step(self.bank, offset, record)
        metrics.RECORDS.labels(STAGE, "judged").inc(taken.rows)
        metrics.RECORDS.labels(STAGE, "repeated").inc(len(taken.scores) - taken.rows)
        for event in taken.events:
            if event.subject != DATA:
                metrics.EVENTS.labels(event.kind, event.severity).inc()
            if isinstance(record, Frames) and not event.run:
                metrics.LATENCY.observe(max(0.0, time.time() - record.accepted_ns / 1e9))
        return [self._message(event) for event in taken.events]

    def skip(self, _topic: int, offset: int) -> None:
        """Pass over a record that could not be used."""
        self.bank.chunks.position[0] = max(self.bank.chunks.position[0], offset)

    def views(self) -> list[Message]:
        """Tell where machines stand that have moved since they were shown; draw those whose hour has come."""
        statuses, drawn = standing(self.bank, SHOWN_AT_ONCE), portraits(self.bank, DRAWN_AT_ONCE)
        shown = ((HEALTH, statuses), (SNAPSHOTS, drawn))
        return [Message(topic, b"", _ENCODER.encode(views)) for topic, views in shown if views]

    def rows(self) -> dict[str, bytes]:
        """Encode the chunks whose turn it is, the plant files of the log, and what people have said in it."""
        chunks = self.bank.chunks.due(SAVED_AT_ONCE)
        rows = {f"{chunk}": saving.save(self.bank, chunk) for chunk in chunks}
        whole = {PLANTS: saving.save_plants(self.bank), AGENDA: saving.save_agenda(self.bank)}
        return {**rows, **whole}

    def cursor(self) -> list[int]:
        """Return the newest offset that all saved chunks hold."""
        newest: list[int] = self.bank.chunks.cursor().tolist()
        return newest

    def confirmed(self) -> None:
        """Do nothing: what was judged is counted as it is judged."""

    def restore(self, rows: Mapping[str, bytes], cursor: list[int]) -> None:
        """Take over what was in force at the cursor, then saved chunks; an earlier version had no agenda."""
        saving.load_plants(self.bank, rows[PLANTS], cursor[0])
        if AGENDA in rows:
            saving.load_agenda(self.bank, rows[AGENDA], cursor[0])
        for name in sorted(rows.keys() - {PLANTS, AGENDA}, key=int):
            saving.load(self.bank, int(name), rows[name])
        self.bank.chunks.position[:] = np.array(cursor, np.int64)

    @staticmethod
    def _message(event: Event) -> Message:
        return Message(EVENTS, event.asset.encode(), _ENCODER.encode(event))


def application(settings: Settings) -> faust.App:
    """Return the application that runs `monitor`; its kernels are there before it joins its group."""
    warm_step()
    app = make_app(STAGE, settings)
    Stateful(app, STAGE, TOPICS, MonitorCore)
    return app
