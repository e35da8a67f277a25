"""POST /v1/telemetry, and a device's path of ThingsBoard: keys and values become readings by the rules."""

import time
from collections.abc import Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from pdm import metrics
from pdm.access.grant import Grant
from pdm.chain.acquisition.admit_points import admit_points
from pdm.chain.acquisition.series import Known
from pdm.chain.acquisition.telemetry import read_telemetry
from pdm.gateway import body
from pdm.gateway.desk import Brought, Desk, Outcome
from pdm.gateway.flush import Flusher
from pdm.gateway.guard import grant_of
from pdm.gateway.problems import HttpError
from pdm.gateway.sender import sender
from pdm.gateway.write import delivered
from pdm.plant.spec import Plant


class Telemetry:
    """The door for telemetry."""

    def __init__(
        self, plant: Plant, flusher: Flusher, desk: Desk, clock_ns: Callable[[], int] = time.time_ns
    ) -> None:
        self._plant, self._flusher, self._desk, self._clock_ns = plant, flusher, desk, clock_ns
        self._known = Known(plant)

    async def post(self, request: Request) -> Response:
        """Deliver telemetry of the machine that `asset` names, or of several that the body names."""
        return await self._answered(request, request.query_params.get("asset"))

    async def post_device(self, request: Request) -> Response:
        """Deliver telemetry as a ThingsBoard device does, with a declared machine's name for its token.

        What a path says there is a secret elsewhere, so one that is no machine is neither shown nor logged.
        """
        device = request.path_params["device"]
        if device not in self._plant.machines:
            detail = "the token in the path must be the name of a machine that the plant file declares"
            raise HttpError(HTTPStatus.NOT_FOUND, detail)
        told = await self._answered(request, device)
        if told.status_code == HTTPStatus.ACCEPTED:
            told.status_code = HTTPStatus.OK
        return told

    async def _answered(self, request: Request, device: str | None) -> Response:
        """Judge a request, deliver what is good, and answer with all verdicts."""
        begin = time.perf_counter()
        grant = grant_of(request)
        whose = sender(request.headers, self._plant, grant)
        kind = f"application/json; asset={device or ''}"
        brought = Brought(whose, kind, await body.read(request), "value")
        answer = await self._desk.answer(request, brought, lambda: self._deliver(brought, device, grant))
        metrics.REQUEST_SECONDS.observe(time.perf_counter() - begin)
        return answer

    async def _deliver(self, brought: Brought, device: str | None, grant: Grant) -> Outcome:
        """Return when the broker has what is good; raises RefusedError, BrokerError, HttpError 429."""
        known, now_ns = self._known.of(brought.whose.machine_class), self._clock_ns()
        points = read_telemetry(brought.content, device, known, now_ns)
        found = admit_points(points, known, now_ns, grant.reach, (self._desk.newcomers, brought.whose.source))
        self._desk.throttle.take(grant, len(found.columns) + len(found.rejected))
        return await delivered(found, brought, self._flusher)
