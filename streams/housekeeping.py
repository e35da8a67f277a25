"""What the recorder does beside recording: forget what is too old, and show how much there is."""

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial

import faust

from pdm import metrics
from pdm.store.retention import Keep, forget_some, rows_by_table
from pdm.store.sql import SqlStore
from streams.insisting import ask

log = logging.getLogger(__name__)

SHOWN_EVERY_S = 60.0
FORGOTTEN_EVERY_S = 3600.0
PAUSE_S = 0.05
"""Between two parts that are deleted, so that recording comes first."""


def keep_house(app: faust.App, store: SqlStore, keep: Keep) -> None:
    """Add the task to the recorder's application."""

    def wanted() -> bool:
        return not app.should_stop

    async def house() -> None:
        forgotten = -FORGOTTEN_EVERY_S
        while wanted():
            if time.monotonic() - forgotten >= FORGOTTEN_EVERY_S:
                await forget(store, keep, wanted)
                forgotten = time.monotonic()
            await ask(partial(show, store), wanted)
            await app.sleep(SHOWN_EVERY_S)

    app.task(house)


async def forget(store: SqlStore, keep: Keep, wanted: Callable[[], bool]) -> int:
    """Delete what is too old, part by part; returns the rows that are gone."""
    gone = 0
    while wanted():
        part = await ask(partial(forget_some, store, keep, time.time_ns()), wanted)
        if not part:
            break
        gone += part
        metrics.STORE_FORGOTTEN.inc(part)
        await asyncio.sleep(PAUSE_S)
    if gone:
        log.info("retention: %d rows are gone", gone)
    return gone


def show(store: SqlStore) -> None:
    """Set the metrics of rows and bytes."""
    with store.snapshot() as connection:
        for table, rows in rows_by_table(connection).items():
            metrics.STORE_ROWS.labels(table).set(rows)
        metrics.STORE_BYTES.set(store.engine.size(connection))
