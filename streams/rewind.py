"""Going back to an offset that Faust passed over, and stepping over what the broker no longer has."""

import logging
import time
from collections.abc import Mapping

import faust
from faust.types import TP

from pdm import metrics
from streams.sequence import Sequence

log = logging.getLogger(__name__)


async def rewind(app: faust.App, stage: str, tp: TP, sequence: Sequence) -> None:
    """Seek to the expected offset, or to the first that retention has left."""
    earliest = (await app.consumer.earliest_offsets(tp))[tp]
    gone = sequence.step_over(earliest)
    if gone:
        log.warning("%s/%s: %d messages were deleted before they were read", tp.topic, tp.partition, gone)
        metrics.PASSED_OVER.labels(stage).inc(gone)
    metrics.REWINDS.labels(stage).inc()
    await app.consumer.seek(tp, sequence.expected)


async def rewind_overdue(app: faust.App, stage: str, sequences: Mapping[TP, Sequence]) -> None:
    """Repeat each rewind that something on its way has undone."""
    for tp, sequence in list(sequences.items()):
        if sequence.overdue(time.monotonic()):
            sequence.retry(time.monotonic())
            await rewind(app, stage, tp, sequence)
