"""POST /v1/backfill: old readings for the history alone, judged like any others, past all alarms."""

import time
from collections import Counter
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from pdm import metrics
from pdm.chain.acquisition.admit import admit
from pdm.gateway import body
from pdm.gateway.outlet import Outlet
from pdm.gateway.readings import receipt
from pdm.gateway.sender import sender
from pdm.history.imported import pack_backfill
from pdm.plant.spec import Plant


class Backfill:
    """The door for what was recorded elsewhere."""

    def __init__(
        self, plant: Plant, outlet: Outlet, partitions: int, clock_ns: Callable[[], int] = time.time_ns
    ) -> None:
        self._plant, self._outlet, self._partitions, self._clock_ns = plant, outlet, partitions, clock_ns

    async def post(self, request: Request) -> Response:
        """Take readings into the history; answered when the broker has them, and idempotent."""
        whose = sender(request.headers, self._plant)
        kind = body.media_type(request.headers.get("content-type", ""))
        now_ns = self._clock_ns()
        found = admit(await body.read(request), kind, self._plant, now_ns, whose.machine_class)
        for reason, count in Counter(rejection.reason for rejection in found.rejected).items():
            metrics.REJECTED.labels(reason).inc(count)
        if len(found.columns):
            await self._outlet.send(pack_backfill(found.columns, whose.source, self._partitions, now_ns))
        return receipt(found)
