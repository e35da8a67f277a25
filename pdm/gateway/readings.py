"""POST /v1/readings: judged record by record, answered when the good ones are safe in the broker."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from http import HTTPStatus

import msgspec
import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from pdm import metrics
from pdm.chain.acquisition.admit import Admission, admit
from pdm.chain.acquisition.columns import Columns
from pdm.gateway import body
from pdm.gateway.flush import Flusher
from pdm.gateway.problems import NothingAccepted, answer
from pdm.gateway.sender import sender
from pdm.plant.spec import Plant
from pdm.records.reading import Receipt, Rejection


class Readings:
    """The door for readings."""

    def __init__(self, plant: Plant, flusher: Flusher, clock_ns: Callable[[], int] = time.time_ns) -> None:
        self._plant, self._flusher, self._clock_ns = plant, flusher, clock_ns

    async def post(self, request: Request) -> Response:
        """Deliver readings: an object, an array, or one object a line; gzip if you like.

        Each reading has its own verdict, and good ones are kept whatever is wrong beside them. The
        answer comes when the broker has them all; after 503, or no answer, send the same again.
        """
        begin = time.perf_counter()
        whose = sender(request.headers, self._plant)
        kind = body.media_type(request.headers.get("content-type", ""))
        content = await body.read(request)
        found = admit(content, kind, self._plant, self._clock_ns(), whose.machine_class)
        _count_rejected(found.rejected)
        if len(found.columns):
            await self._flusher.deliver(whose.source, found.columns)
            _count_accepted(found)
        metrics.REQUEST_SECONDS.observe(time.perf_counter() - begin)
        return receipt(found)


def receipt(found: Admission) -> Response:
    """Answer 202 if anything was accepted, otherwise 422 with the verdicts."""
    accepted = len(found.columns)
    if accepted:
        receipt = Receipt(accepted, found.rejected, found.duplicates)
        return Response(msgspec.json.encode(receipt), HTTPStatus.ACCEPTED, media_type="application/json")
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    detail = f"no reading was accepted, {len(found.rejected)} were refused"
    return answer(NothingAccepted(status.phrase, status.value, detail, rejected=found.rejected))


def _count_accepted(found: Admission) -> None:
    """Count by quantity what is safe."""
    columns: Columns = found.columns
    counts = np.bincount(columns.channel, minlength=len(columns.channels)).tolist()
    by_quantity: Counter[str] = Counter()
    for channel, count in zip(columns.channels, counts, strict=True):
        by_quantity[channel.quantity] += count
    for quantity, count in by_quantity.items():
        metrics.READINGS.labels(quantity).inc(count)
    metrics.DUPLICATES.inc(found.duplicates)


def _count_rejected(rejected: Iterable[Rejection]) -> None:
    """Count by reason what was refused."""
    for reason, count in Counter(rejection.reason for rejection in rejected).items():
        metrics.REJECTED.labels(reason).inc(count)
