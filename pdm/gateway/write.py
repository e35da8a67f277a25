"""POST /api/v2/write and /write: InfluxDB line protocol, mapped to readings by the plant file's rules."""

import time
from collections.abc import Callable
from http import HTTPStatus

import msgspec
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from pdm import metrics
from pdm.chain.acquisition.admit import Admission
from pdm.chain.acquisition.admit_points import admit_points
from pdm.chain.acquisition.lines import PRECISIONS, read
from pdm.chain.acquisition.naming import fitted
from pdm.chain.acquisition.series import Known
from pdm.errors import PdmError
from pdm.gateway import body
from pdm.gateway.flush import Flusher
from pdm.gateway.influx import NAMED, influx_error, translated
from pdm.gateway.problems import HttpError, NothingAccepted, answer
from pdm.gateway.readings import count_accepted, count_rejected
from pdm.gateway.sender import DEFAULT_NAME, sender
from pdm.plant.spec import Plant
from pdm.records.reading import PointReceipt


class Write:
    """The door for line protocol."""

    def __init__(self, plant: Plant, flusher: Flusher, clock_ns: Callable[[], int] = time.time_ns) -> None:
        self._plant, self._flusher, self._clock_ns = plant, flusher, clock_ns
        self._known = Known(plant)

    async def post(self, request: Request) -> Response:
        """Deliver points as to InfluxDB 2 or 3: precision ns, us, ms or s; the bucket names the source."""
        return await self._answered(request, old=False)

    async def post_old(self, request: Request) -> Response:
        """Deliver points as to InfluxDB 1: precision n, u, ms, s, m or h; the database names the source."""
        return await self._answered(request, old=True)

    async def _answered(self, request: Request, *, old: bool) -> Response:
        """Answer in the words of InfluxDB, or with all verdicts where they are asked for."""
        begin = time.perf_counter()
        try:
            found = await self._taken(request)
        except PdmError as error:
            return translated(error, old=old)
        finally:
            metrics.REQUEST_SECONDS.observe(time.perf_counter() - begin)
        if request.query_params.get("verdicts", "") in {"1", "true"}:
            return receipt(found)
        if found.rejected:
            return influx_error(HTTPStatus.BAD_REQUEST, _partial(found), old=old)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def _taken(self, request: Request) -> Admission:
        """Judge a request and deliver what is good; raises PdmError."""
        asked = request.query_params
        factor = _factor(asked)
        named = fitted(asked.get("bucket") or asked.get("db") or DEFAULT_NAME)
        whose = sender(request.headers, self._plant, otherwise=named)
        content = await body.read(request)
        known, now_ns = self._known.of(whose.machine_class), self._clock_ns()
        found = admit_points(read(content, known, factor, now_ns), known, now_ns)
        count_rejected(found.rejected)
        metrics.IGNORED.inc(found.ignored)
        if len(found.columns):
            await self._flusher.deliver(whose.source, found.columns)
            count_accepted(found)
        return found


def receipt(found: Admission) -> Response:
    """Answer with all verdicts: 202 where anything was accepted or nothing refused, otherwise 422."""
    accepted = len(found.columns)
    if accepted or not found.rejected:
        told = PointReceipt(accepted, found.rejected, found.duplicates, found.ignored)
        return Response(msgspec.json.encode(told), HTTPStatus.ACCEPTED, media_type="application/json")
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    detail = f"no reading was accepted, {len(found.rejected)} were refused"
    return answer(NothingAccepted(status.phrase, status.value, detail, rejected=found.rejected))


def _factor(asked: QueryParams) -> int:
    """Say how many ns one of a timestamp counts; raises HttpError 400."""
    precision = asked.get("precision") or "ns"
    if precision not in PRECISIONS:
        known = ", ".join(PRECISIONS)
        raise HttpError(HTTPStatus.BAD_REQUEST, f"precision {precision[:10]!r} is none of {known}")
    return PRECISIONS[precision]


def _partial(found: Admission) -> str:
    """Say in a line what was refused, beginning with the words that clients know."""
    count = len(found.rejected)
    told = [f"line {one.index + 1}: {one.reason}: {one.detail}" for one in found.rejected[:NAMED]]
    more = f"; and {count - NAMED} more, all with verdicts=1" if count > NAMED else ""
    return f"partial write: {len(found.columns)} accepted, {count} refused: {'; '.join(told)}{more}"
