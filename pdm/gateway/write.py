"""POST /api/v2/write and /write: InfluxDB line protocol, mapped to readings by the plant file's rules."""

import time
from collections.abc import Callable
from http import HTTPStatus

import msgspec
from msgspec import Struct
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from pdm import metrics
from pdm.access.grant import Grant
from pdm.chain.acquisition.admit import Admission
from pdm.chain.acquisition.admit_points import admit_points
from pdm.chain.acquisition.lines import PRECISIONS, read
from pdm.chain.acquisition.naming import fitted
from pdm.chain.acquisition.series import Known
from pdm.errors import PdmError
from pdm.gateway import body
from pdm.gateway.counting import count_accepted, count_rejected
from pdm.gateway.desk import RECEIPT_HEADER, REPLAYED_HEADER, Brought, Desk, Outcome
from pdm.gateway.flush import Flusher
from pdm.gateway.guard import grant_of
from pdm.gateway.influx import NAMED, influx_error, translated
from pdm.gateway.problems import HttpError
from pdm.gateway.sender import sender
from pdm.plant.spec import Plant
from pdm.records.reading import Rejection

_KEPT = {RECEIPT_HEADER.lower(), REPLAYED_HEADER.lower()}


class Told(Struct, frozen=True):
    """What the desk answers, as far as it matters here: a receipt, or a problem with its detail."""

    accepted: int | None = None
    rejected: tuple[Rejection, ...] = ()
    detail: str = ""


class Write:
    """The door for line protocol."""

    def __init__(
        self, plant: Plant, flusher: Flusher, desk: Desk, clock_ns: Callable[[], int] = time.time_ns
    ) -> None:
        self._plant, self._flusher, self._desk, self._clock_ns = plant, flusher, desk, clock_ns
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
            answer = await self._receipt(request)
        except PdmError as error:
            return translated(error, old=old)
        finally:
            metrics.REQUEST_SECONDS.observe(time.perf_counter() - begin)
        if request.query_params.get("verdicts", "") in {"1", "true"}:
            return answer
        told = msgspec.json.decode(answer.body, type=Told)
        if told.accepted is None:
            return influx_error(HTTPStatus(answer.status_code), told.detail, old=old)
        kept = {
            name: answer.headers[name] for name in (RECEIPT_HEADER, REPLAYED_HEADER) if name in answer.headers
        }
        if told.rejected:
            return influx_error(HTTPStatus.BAD_REQUEST, _partial(told), kept, old=old)
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=kept)

    async def _receipt(self, request: Request) -> Response:
        """Judge a request and deliver what is good; raises PdmError."""
        asked = request.query_params
        factor = _factor(asked)
        named, grant = asked.get("bucket") or asked.get("db") or "", grant_of(request)
        whose = sender(request.headers, self._plant, grant, otherwise=fitted(named) if named else "")
        brought = Brought(whose, f"text/plain; precision={factor}", await body.read(request), "field")
        return await self._desk.answer(request, brought, lambda: self._deliver(brought, factor, grant))

    async def _deliver(self, brought: Brought, factor: int, grant: Grant) -> Outcome:
        """Return when the broker has what is good; raises BrokerError, HttpError 429."""
        known, now_ns = self._known.of(brought.whose.machine_class), self._clock_ns()
        points = read(brought.content, known, factor, now_ns)
        found = admit_points(points, known, now_ns, grant.reach, (self._desk.newcomers, brought.whose.source))
        self._desk.throttle.take(grant, len(found.columns) + len(found.rejected))
        return await delivered(found, brought, self._flusher)


async def delivered(found: Admission, brought: Brought, flusher: Flusher) -> Outcome:
    """Count what became of points, and return when the broker has what is good; raises BrokerError."""
    count_rejected(found.rejected)
    metrics.IGNORED.inc(found.ignored)
    if len(found.columns):
        await flusher.deliver(brought.whose.source, found.columns)
        count_accepted(found)
    return Outcome(len(found.columns), found.rejected, found.duplicates, found.ignored)


def _factor(asked: QueryParams) -> int:
    """Say how many ns one of a timestamp counts; raises HttpError 400."""
    precision = asked.get("precision") or "ns"
    if precision not in PRECISIONS:
        known = ", ".join(PRECISIONS)
        raise HttpError(HTTPStatus.BAD_REQUEST, f"precision {precision[:10]!r} is none of {known}")
    return PRECISIONS[precision]


def _partial(told: Told) -> str:
    """Say in a line what was refused, beginning with the words that clients know."""
    count = len(told.rejected)
    first = [f"line {one.index + 1}: {one.reason}: {one.detail}" for one in told.rejected[:NAMED]]
    more = f"; and {count - NAMED} more, all with verdicts=1" if count > NAMED else ""
    return f"partial write: {told.accepted} accepted, {count} refused: {'; '.join(first)}{more}"
