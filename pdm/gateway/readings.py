"""POST /v1/readings: judged record by record, answered when the good ones are safe in the broker."""

import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from pdm import metrics
from pdm.access.grant import Grant
from pdm.chain.acquisition.admit import admit
from pdm.gateway import body
from pdm.gateway.counting import count_accepted, count_rejected
from pdm.gateway.desk import Brought, Desk, Outcome
from pdm.gateway.flush import Flusher
from pdm.gateway.guard import grant_of
from pdm.gateway.sender import sender
from pdm.plant.spec import Plant


class Readings:
    """The door for readings."""

    def __init__(
        self, plant: Plant, flusher: Flusher, desk: Desk, clock_ns: Callable[[], int] = time.time_ns
    ) -> None:
        self._plant, self._flusher, self._desk, self._clock_ns = plant, flusher, desk, clock_ns

    async def post(self, request: Request) -> Response:
        """Deliver readings: an object, an array, or one object a line; gzip if you like.

        Each reading has its own verdict, and good ones are kept whatever is wrong beside them. The
        answer comes when the broker has them all; after 503, or no answer, send the same again.
        """
        begin = time.perf_counter()
        grant = grant_of(request)
        whose = sender(request.headers, self._plant, grant)
        kind = body.media_type(request.headers.get("content-type", ""))
        brought = Brought(whose, kind, await body.read(request))
        answer = await self._desk.answer(request, brought, lambda: self._deliver(brought, grant))
        metrics.REQUEST_SECONDS.observe(time.perf_counter() - begin)
        return answer

    async def _deliver(self, brought: Brought, grant: Grant) -> Outcome:
        """Judge, and return when the broker has what is good; raises BrokerError, HttpError 429."""
        whose, now_ns = brought.whose, self._clock_ns()
        entry = self._desk.newcomers, whose.source
        found = admit(
            brought.content, brought.kind, self._plant, now_ns, whose.machine_class, grant.reach, entry
        )
        self._desk.throttle.take(grant, len(found.columns) + len(found.rejected))
        count_rejected(found.rejected)
        if len(found.columns):
            await self._flusher.deliver(whose.source, found.columns)
            count_accepted(found)
        return Outcome(len(found.columns), found.rejected, found.duplicates)
