"""The recorder as a Faust application: what was found, and what people change, become rows of the store.

Its cursor is in the store: rows and offset move in one transaction, by compare-and-set, so that what
is delivered twice is recorded once, and a paused twin rolls back.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

import faust
import msgspec
from faust.types import TP

from pdm import metrics
from pdm.alarm_series import AlarmSeries
from pdm.broker.topics import ADVICE, CONTROL, EVENTS, HEALTH
from pdm.records.event import Event
from pdm.records.status import AssetStatus, Condition
from pdm.settings import Settings
from pdm.store import decoding
from pdm.store.errors import OffsetMovedError
from pdm.store.open import open_store
from pdm.store.protocol import Batch, EventQuery, Row, Store
from pdm.store.retention import DAY, Keep
from streams.app import Delivery, Stream, letters, make_app
from streams.consumer import commit
from streams.dead_letters import put_aside
from streams.housekeeping import keep_house
from streams.insisting import ask, await_store
from streams.pace import Pace
from streams.rewind import rewind, rewind_overdue
from streams.sequence import Sequence as InTurn
from streams.sequence import Verdict

log = logging.getLogger(__name__)

T = TypeVar("T")

STAGE = "recorder"
TOPICS = decoding.TOPICS
REMEDY = "Restore with --new-broker, or rebuild with --force"
EVERY_SECONDS = 0.1
MOST_PENDING = 500
"""Messages that are kept back until they are written."""

KINDS = {EVENTS: "event", ADVICE: "advice", HEALTH: "health", CONTROL: "control"}


class Recorder:
    """Reads four topics, and writes each partition in turn and once."""

    def __init__(self, app: faust.App, store: Store) -> None:
        self._app = app
        self._store = store
        self._series = AlarmSeries()
        for event in await_store(lambda: store.events(EventQuery(open_only=True), limit=1000)).items:
            self._series.observe(event)
        self._conditions: dict[str, Condition] = {}
        self._pending: dict[TP, list[Delivery]] = {}
        self._sequences: dict[TP, InTurn] = {}
        self._stored: dict[TP, int] = {}
        """Offset of each partition that the store is known to have reached."""
        self._pace = Pace(app)
        self._generation = 0
        self._lock = asyncio.Lock()
        self._due = asyncio.Event()
        self._stream: Stream | None = None
        app.agent(letters(app, *TOPICS), name=f"{STAGE}-agent")(self._read)
        app.task(self._write_again_and_again)
        for signal in (app.on_partitions_revoked, app.on_partitions_assigned, app.on_rebalance_complete):
            signal.connect(self._forget, weak=False)

    async def _forget(self, *_: object, **__: object) -> None:
        self._generation += 1
        self._pending.clear()
        self._sequences.clear()
        self._pace.forget()

    async def _read(self, stream: Stream) -> None:
        self._stream = manual = stream.noack()
        async for event in manual.events():
            tp, offset = TP(event.message.topic, event.message.partition), event.message.offset
            sequence = self._sequences.get(tp) or await self._begin(tp)
            if sequence is None:
                continue
            verdict = sequence.judge(offset, time.monotonic())
            if verdict is Verdict.REPEAT and offset < self._stored[tp]:
                await manual.ack(event)
            elif verdict is Verdict.REWIND:
                await rewind(self._app, STAGE, tp, sequence)
            elif verdict is Verdict.TAKE:
                self._pending.setdefault(tp, []).append(event)
                self._pace.ate(tp.topic, tp.partition, offset)
                if sum(map(len, self._pending.values())) >= MOST_PENDING:
                    await self._write(manual)

    async def _begin(self, tp: TP) -> InTurn | None:
        """Go on from where the store is, for every topic of the partition; None after a rebalance."""
        generation = self._generation
        offsets = await self._ask(lambda: [self._store.offset(topic, tp.partition) for topic in TOPICS])
        if offsets is None or generation != self._generation:
            return None
        end = self._app.consumer.highwater(tp)
        if end is not None and offsets[TOPICS.index(tp.topic)] > end:
            log.error("%s/%s: the store is ahead of the broker; is it a new one? %s", *tp, REMEDY)
        for topic, offset in zip(TOPICS, offsets, strict=True):
            self._sequences[TP(topic, tp.partition)] = InTurn(offset)
            self._stored[TP(topic, tp.partition)] = offset
            self._pace.begin(topic, tp.partition, offset - 1)
        return self._sequences[tp]

    async def _go_back(self) -> None:
        """Read all partitions again from where the store is, even if nothing more comes."""
        places = [place for place in self._sequences if place in self._app.consumer.assignment()]
        await self._forget()
        for place in places:
            sequence = self._sequences.get(place) or await self._begin(place)
            if sequence is None:
                return
            await rewind(self._app, STAGE, place, sequence)

    async def _ask(self, call: Callable[[], T]) -> T | None:
        """Ask the store until it answers; None where a rebalance, or the end, came before."""
        generation = self._generation
        return await ask(call, lambda: generation == self._generation and not self._app.should_stop)

    async def _write_again_and_again(self) -> None:
        while not self._app.should_stop:
            await asyncio.sleep(EVERY_SECONDS)
            if self._stream is not None:
                await self._write(self._stream)
            await rewind_overdue(self._app, STAGE, self._sequences)
            self._pace.show_lag(STAGE)

    async def _write(self, stream: Stream) -> None:
        """Write all that is pending, and acknowledge what the store has."""
        async with self._lock:
            generation, pending = self._generation, self._pending
            self._pending = {}
            for tp, events in pending.items():
                rows = await self._decoded(events)
                batch = await self._ask(partial(self._record, tp, events, rows))
                if batch is None or generation != self._generation:
                    return
                if not batch:
                    await self._go_back()
                    return
                self._stored[tp] = events[-1].message.offset + 1
                for event in events:
                    await stream.ack(event)
                await commit(self._app, {tp: events[-1].message.offset + 1})
                self._show(tp.topic, rows)

    def _record(self, tp: TP, events: Sequence[Delivery], rows: Sequence[Row]) -> bool:
        """Write rows and offset in one transaction; False where the offset is not where we left it.

        Then another recorder was faster, our own last transaction was confirmed to nobody, or somebody
        has restored or rebuilt the store: in each case the store knows best where to go on.
        """
        expected, newest = self._stored[tp], events[-1].message.offset
        try:
            self._store.record(Batch(tp.topic, tp.partition, expected, newest + 1, tuple(rows)))
        except OffsetMovedError as moved:
            log.warning("going on from where the store is: %s", moved)
            return False
        return True

    async def _decoded(self, events: Sequence[Delivery]) -> list[Row]:
        """Read messages; one that cannot be read goes to the dead letters, and its neighbours stay."""
        rows: list[Row] = []
        for event in events:
            try:
                rows += decoding.rows(event.message.topic, event.value)
            except msgspec.MsgspecError as error:
                metrics.RECORDS.labels(STAGE, "dead_letter").inc()
                await put_aside(self._app, event, str(error))
        return rows

    def _show(self, topic: str, rows: Sequence[Row]) -> None:
        """Count what was written, for the metrics."""
        metrics.RECORDED.labels(KINDS[topic]).inc(len(rows))
        metrics.RECORDS.labels(STAGE, "written").inc(len(rows))
        metrics.PROGRESS.labels(STAGE).set(time.time())
        for row in rows:
            if isinstance(row, Event):
                self._series.observe(row)
            elif isinstance(row, AssetStatus) and not row.run:
                self._conditions[row.asset] = row.condition
        if topic == HEALTH:
            counts = Counter(self._conditions.values())
            for condition in Condition:
                metrics.ASSETS.labels(condition).set(counts[condition])


def application(settings: Settings) -> faust.App:
    """Return the application that records into the store."""
    app = make_app(STAGE, settings)
    store = await_store(lambda: open_store(settings.store_url))
    Recorder(app, store)
    keep_house(app, store, Keep(settings.keep_events * DAY, settings.keep_runs * DAY))
    return app
