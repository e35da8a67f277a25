"""GET /v1/assets/{asset}/late: readings that came after their frame had closed, and the alarms open then."""

import time
from collections.abc import Callable, Sequence
from http import HTTPStatus

import msgspec
from msgspec import Struct, field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pdm.gateway.guard import grant_of
from pdm.gateway.parameters import ParameterError, history_question
from pdm.gateway.problems import problem, unavailable
from pdm.history.late import LateReading, late
from pdm.history.manifest import HistoryError
from pdm.history.query import History
from pdm.instant import nanoseconds, rfc3339
from pdm.records.event import Event, Kind
from pdm.store.errors import StoreError
from pdm.store.protocol import MAX_LIMIT, EventQuery, Store


class Missed(Struct, frozen=True):
    """A late reading: nothing was judged by it.

    value  : in `unit`, SI
    frame  : start of the frame it belongs to, which had closed
    alarms : ids of the events of the machine that were open at its time
    """

    channel: str
    quantity: str
    unit: str
    time: str
    value: float
    frame: str
    alarms: tuple[str, ...]


class LatePage(Struct, frozen=True):
    """Late readings of one machine in [from, to), the first by time; `total` counts them all."""

    asset: str
    run: str
    begin: str = field(name="from")
    end: str = field(name="to")
    total: int
    items: tuple[Missed, ...]


def late_routes(
    history: History, store: Store, frame_ns: int, clock_ns: Callable[[], int] = time.time_ns
) -> list[Route]:
    """Return the route on late readings."""

    def answer(request: Request) -> Response:
        asset = request.path_params["asset"]
        if not grant_of(request).reaches(asset):
            return problem(HTTPStatus.NOT_FOUND, "no such machine, or none that the key reaches")
        try:
            asked = history_question(request.query_params, asset, clock_ns())
            found, total = late(history, asked.query, min(asked.limit, MAX_LIMIT))
            alarms = _alarms(store, asked.query.run, asset, found)
        except ParameterError as error:
            return problem(HTTPStatus.BAD_REQUEST, str(error))
        except (HistoryError, StoreError) as error:
            return unavailable(str(error))
        begin, end = rfc3339(asked.query.begin_ns), rfc3339(asked.query.end_ns)
        items = tuple(_missed(one, alarms, frame_ns) for one in found)
        page = LatePage(asset, asked.query.run, begin, end, total, items)
        return Response(msgspec.json.encode(page), media_type="application/json")

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(answer, request)

    return [Route("/v1/assets/{asset}/late", endpoint, methods=["GET"])]


def _alarms(store: Store, run: str, asset: str, found: Sequence[LateReading]) -> tuple[Event, ...]:
    """Find the events that were open at some time between the first late reading and the last."""
    if not found:
        return ()
    span = EventQuery(run=run, asset=asset, since_ns=found[0].time, until_ns=found[-1].time + 1)
    return store.events(span, None, MAX_LIMIT).items


def _missed(one: LateReading, alarms: Sequence[Event], frame_ns: int) -> Missed:
    open_then = (
        event.id
        for event in alarms
        if nanoseconds(event.raised) <= one.time
        and (event.kind is not Kind.CLEAR or one.time <= nanoseconds(event.time))
    )
    return Missed(
        channel=one.signal.channel,
        quantity=one.signal.quantity,
        unit=one.signal.unit,
        time=rfc3339(one.time),
        value=one.value,
        frame=rfc3339(one.time - one.time % frame_ns),
        alarms=tuple(open_then),
    )
