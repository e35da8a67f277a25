"""The historian as a Faust application: the ordered log and what is imported become Parquet files.

Its cursor is in the history's manifest: files and offsets count together. It is one process, and holds
a lock on the history's folder; a second one ends at its start.
"""

import asyncio
import logging
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import faust
import msgspec
from faust.types import TP

from pdm import metrics
from pdm.broker.lock import DirectoryLock
from pdm.broker.topics import BACKFILL, FRAMES, SNAPSHOTS
from pdm.history.disk import Disk
from pdm.history.intake import MOST_ROWS, Intake
from pdm.history.manifest import HistoryError
from pdm.history.upkeep import Upkeep, is_full, site_of
from pdm.history.writing import Writer
from pdm.plant.load import load
from pdm.settings import Settings
from streams.app import Delivery, Stream, letters, make_app
from streams.consumer import commit
from streams.dead_letters import put_aside
from streams.pace import Pace
from streams.rewind import rewind, rewind_overdue
from streams.sequence import Sequence, Verdict

log = logging.getLogger(__name__)

STAGE = "historian"
TOPICS = (FRAMES, BACKFILL, SNAPSHOTS)
EVERY_SECONDS = 10.0
"""How old a reading may become before it is written."""
LOOK_SECONDS = 0.5
TIDY_SECONDS = 5.0


class Historian:
    """Reads three topics, and writes each offset once."""

    def __init__(self, app: faust.App, writer: Writer, upkeep: Upkeep) -> None:
        self._app, self._writer, self._upkeep = app, writer, upkeep
        self._intake = Intake(writer.manifest.offsets())
        self._pending: list[Delivery] = []
        self._sequences: dict[TP, Sequence] = {}
        self._pace = Pace(app)
        self._generation = 0
        self._wrote = time.monotonic()
        self._lock = asyncio.Lock()
        self._stream: Stream | None = None
        app.agent(letters(app, *TOPICS), name=f"{STAGE}-agent")(self._read)
        app.task(self._write_again_and_again)
        app.task(self._tidy_again_and_again)
        for signal in (app.on_partitions_revoked, app.on_partitions_assigned, app.on_rebalance_complete):
            signal.connect(self._forget, weak=False)

    async def _forget(self, *_: object, **__: object) -> None:
        """Drop what is pending, and begin again where the manifest is."""
        self._generation += 1
        self._pending = []
        self._sequences.clear()
        self._pace.forget()
        self._intake = Intake(self._writer.manifest.offsets())

    async def _read(self, stream: Stream) -> None:
        self._stream = manual = stream.noack()
        async for event in manual.events():
            tp, offset = TP(event.message.topic, event.message.partition), event.message.offset
            sequence = self._sequences.get(tp) or self._begin(tp)
            verdict = sequence.judge(offset, time.monotonic())
            if verdict is Verdict.REPEAT:
                await manual.ack(event)
            elif verdict is Verdict.REWIND:
                await rewind(self._app, STAGE, tp, sequence)
            elif verdict is Verdict.TAKE:
                await self._eat(event, tp, offset)
                if self._intake.full:
                    await self._write(manual)

    async def _eat(self, event: Delivery, tp: TP, offset: int) -> None:
        """Take a message in. One that cannot be used is passed over; the log's are the monitor's to tell."""
        self._pending.append(event)
        self._pace.ate(tp.topic, tp.partition, offset)
        try:
            self._intake.eat((tp.topic, tp.partition), offset, event.value)
        except (msgspec.MsgspecError, ValueError) as error:
            log.warning("%s/%d/%d cannot be used: %s", tp.topic, tp.partition, offset, error)
            if tp.topic == BACKFILL:
                await put_aside(self._app, event, str(error))
        # The tray has what it says; it waits for its acknowledgement without its bytes.
        event.message.value = event.value = None

    def _begin(self, tp: TP) -> Sequence:
        """Go on from where the manifest is, for every topic of the partition."""
        for topic in TOPICS:
            offset = self._intake.offsets.get((topic, tp.partition), 0)
            self._sequences[TP(topic, tp.partition)] = Sequence(offset)
            self._pace.begin(topic, tp.partition, offset - 1)
        return self._sequences[tp]

    async def _write_again_and_again(self) -> None:
        while not self._app.should_stop:
            await asyncio.sleep(LOOK_SECONDS)
            if self._stream is not None and time.monotonic() - self._wrote > EVERY_SECONDS:
                await self._write(self._stream)
            await rewind_overdue(self._app, STAGE, self._sequences)
            self._pace.show_lag(STAGE)

    async def _write(self, stream: Stream) -> None:
        """Write all that is pending, in a thread, and acknowledge what counts."""
        async with self._lock:
            self._wrote = time.monotonic()
            generation, pending, intake = self._generation, self._pending, self._intake
            if not pending or not await self._room(intake):
                return
            self._pending, self._intake = [], Intake(intake.offsets)
            done = await self._flushed(intake)
            if generation != self._generation:
                return
            if not done:
                await self._forget()
                return
            for event in pending:
                await stream.ack(event)
            await commit(self._app, {TP(*place): following for place, (_, following) in intake.moved.items()})
            metrics.PROGRESS.labels(STAGE).set(time.time())

    async def _flushed(self, intake: Intake) -> bool:
        """Write one intake; False where nothing of it counts."""
        began = time.monotonic()
        try:
            done = await asyncio.to_thread(self._writer.flush, intake.tray, intake.moved, intake.notes)
        except (OSError, HistoryError) as error:
            log.error("history could not be written, and is tried again: %s", error)  # noqa: TRY400
            return False
        if done:
            metrics.HISTORY_SECONDS.observe(time.monotonic() - began)
            for origin, count in intake.tray.counts.items():
                metrics.HISTORY_ROWS.labels(origin.name.lower()).inc(count)
        return done

    async def _room(self, intake: Intake) -> bool:
        """Tell whether there is room on the disk; with a full tray, wait until there is."""
        waiting = False
        while await asyncio.to_thread(is_full, self._writer):
            metrics.HISTORY_DISK_FULL.set(1)
            if not waiting:
                log.error("history stops: the disk is nearly full; readings wait in Kafka, alarms go on")
            if len(intake.tray) < MOST_ROWS:
                return False
            waiting = True
            metrics.PROGRESS.labels(STAGE).set(time.time())
            await asyncio.sleep(TIDY_SECONDS)
        metrics.HISTORY_DISK_FULL.set(0)
        return True

    async def _tidy_again_and_again(self) -> None:
        """Merge, thin out and delete, a job at a time, in a thread."""
        tidying = ThreadPoolExecutor(1, "tidy", initializer=_behind_all_others)
        loop = asyncio.get_running_loop()
        while not self._app.should_stop:
            busy = False
            try:
                busy = await loop.run_in_executor(tidying, self._upkeep.once)
                for grade, (files, size) in (await loop.run_in_executor(tidying, self._upkeep.size)).items():
                    metrics.HISTORY_FILES.labels(grade).set(files)
                    metrics.HISTORY_BYTES.labels(grade).set(size)
                metrics.HISTORY_TIDIED.set(time.time())
            except Exception:  # what is wrong with one file must not stop the writing
                log.exception("tidying the history failed, and is tried again")
            await asyncio.sleep(LOOK_SECONDS if busy else TIDY_SECONDS)


def _behind_all_others() -> None:
    """Let this thread have what the others leave; not every system lets a thread say so."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 15)


def application(settings: Settings) -> faust.App:
    """Return the application that writes history."""
    app, disk = make_app(STAGE, settings), Disk(settings.history_dir)
    settings.history_dir.mkdir(parents=True, exist_ok=True)
    DirectoryLock(settings.history_dir / "lock").acquire()
    writer = Writer(disk)
    strays = writer.recover()
    if strays:
        log.info("history: %d unfinished files deleted", strays)
    Historian(app, writer, Upkeep(writer, settings.history_keep, site_of(load(settings.plant))))
    return app
