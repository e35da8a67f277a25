"""POST /v1/backfill: old readings for the history alone, judged like any others, past all alarms."""

import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from pdm.access.grant import Grant
from pdm.chain.acquisition.admit import admit
from pdm.gateway import body
from pdm.gateway.counting import count_rejected
from pdm.gateway.desk import Brought, Desk, Outcome
from pdm.gateway.guard import grant_of
from pdm.gateway.outlet import Outlet
from pdm.gateway.sender import sender
from pdm.history.imported import pack_backfill
from pdm.plant.spec import Plant


class Backfill:
    """The door for what was recorded elsewhere."""

    def __init__(
        self,
        plant: Plant,
        outlet: Outlet,
        partitions: int,
        desk: Desk,
        clock_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._plant, self._outlet, self._partitions = plant, outlet, partitions
        self._desk, self._clock_ns = desk, clock_ns

    async def post(self, request: Request) -> Response:
        """Take readings into the history; answered when the broker has them, and idempotent."""
        grant = grant_of(request)
        whose = sender(request.headers, self._plant, grant)
        kind = body.media_type(request.headers.get("content-type", ""))
        brought = Brought(whose, kind, await body.read(request))
        return await self._desk.answer(request, brought, lambda: self._deliver(brought, grant))

    async def _deliver(self, brought: Brought, grant: Grant) -> Outcome:
        """Judge, and return when the broker has what is good; raises BrokerError, HttpError 429."""
        whose, now_ns = brought.whose, self._clock_ns()
        found = admit(brought.content, brought.kind, self._plant, now_ns, whose.machine_class, grant.reach)
        self._desk.throttle.take(grant, len(found.columns) + len(found.rejected))
        count_rejected(found.rejected)
        if len(found.columns):
            await self._outlet.send(pack_backfill(found.columns, whose.source, self._partitions, now_ns))
        return Outcome(len(found.columns), found.rejected, found.duplicates)
