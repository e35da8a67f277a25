"""Maintenance over HTTP: announced, listed, ended or cancelled; what is said is safe in the broker first."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar
from uuid import uuid4

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pdm.access.grant import Grant
from pdm.broker.topics import CONTROL
from pdm.chain.acquisition.partition import partition_of
from pdm.gateway import body
from pdm.gateway.guard import grant_of
from pdm.gateway.operations import QUERIES, Operation
from pdm.gateway.outlet import Outgoing, Outlet
from pdm.gateway.parameters import maintenance_query, paging
from pdm.gateway.problems import HttpError, Problem
from pdm.gateway.queries import endpoint_of
from pdm.instant import nanoseconds
from pdm.plant.spec import Plant
from pdm.records.control import (
    LOOPBACK,
    Maintenance,
    MaintenanceEnd,
    MaintenanceWindow,
    ended,
    window,
)
from pdm.records.posted_control import PostedEnd, PostedMaintenance
from pdm.records.reading import NAME
from pdm.store.protocol import Page, Store

T = TypeVar("T")

LONGEST_NOTE = 1_000
_FAR = 2**62


class MaintenanceDoor:
    """The door for what people say about maintenance."""

    def __init__(
        self, plant: Plant, outlet: Outlet, partitions: int, store: Store, clock_ns: Callable[[], int]
    ) -> None:
        self._plant, self._outlet, self._partitions = plant, outlet, partitions
        self._store, self._clock_ns = store, clock_ns

    async def announce(self, request: Request) -> Response:
        """Take a maintenance; the same id twice is one."""
        grant, posted = grant_of(request), decoded(await body.read(request), PostedMaintenance)
        said = self._said(posted, grant)
        known = await run_in_threadpool(self._store.window, said.run, said.id)
        if known is not None:
            _same(known, window(said), posted)
            return _answer(known)
        await run_in_threadpool(self._check_asset, said)
        await self._deliver(said)
        return _answer(window(said))

    async def end(self, request: Request) -> Response:
        """Let a maintenance end at a time."""
        posted = decoded(await body.read(request) or b"{}", PostedEnd)
        now_ns = self._clock_ns()
        known = await self._known(request)
        to = now_ns if posted.to is None else _instant("to", posted.to)
        if to <= nanoseconds(known.begin):
            raise _wrong("it has not begun by then: cancel it instead")
        if known.to is not None and nanoseconds(known.to) <= min(to, now_ns):
            raise HttpError(HTTPStatus.CONFLICT, f"it is over since {known.to}")
        if known.to is not None and to >= nanoseconds(known.to):
            raise _wrong(f"it ends at {known.to} anyway: a maintenance can end earlier, not later")
        return await self._close(request, known, to, now_ns)

    async def cancel(self, request: Request) -> Response:
        """Take a maintenance back, as if nobody had announced it."""
        return await self._close(request, await self._known(request), None, self._clock_ns())

    async def _close(
        self, request: Request, known: MaintenanceWindow, to: int | None, now_ns: int
    ) -> Response:
        if known.cancelled:
            raise HttpError(HTTPStatus.CONFLICT, f"it was cancelled by {known.ended_by} at {known.ended}")
        who = _who(grant_of(request))
        said = MaintenanceEnd(str(uuid4()), who, now_ns, known.asset, known.id, to, known.run)
        await self._deliver(said)
        return _answer(ended(known, said))

    async def _known(self, request: Request) -> MaintenanceWindow:
        name, run = request.path_params["id"], request.query_params.get("run", "")
        found = await run_in_threadpool(self._store.window, run, name)
        if found is None or not grant_of(request).reaches(found.asset):
            detail = f"no maintenance {name!r}; one that was just announced is known within a second"
            raise HttpError(HTTPStatus.NOT_FOUND, detail)
        return found

    def _said(self, posted: PostedMaintenance, grant: Grant) -> Maintenance:
        """Judge what was announced; raises HttpError."""
        for name, value in (("asset", posted.asset), ("id", posted.id), ("run", posted.run)):
            if not re.fullmatch(NAME, value) and (value or name == "asset"):
                raise _wrong(f"{name} must be 1 to 128 of letters, digits, . _ -")
        if not grant.reaches(posted.asset):
            raise HttpError(HTTPStatus.FORBIDDEN, f"this key does not reach {posted.asset}")
        if len(posted.note) > LONGEST_NOTE:
            raise _wrong(f"note has more than {LONGEST_NOTE} characters")
        now_ns = self._clock_ns()
        begin = now_ns if posted.begin is None else _instant("from", posted.begin)
        to = None if posted.to is None else _instant("to", posted.to)
        if to is not None and to <= begin:
            raise _wrong("to must be after from")
        name = posted.id or str(uuid4())
        told = posted.asset, posted.kind, begin, to, posted.note, posted.run
        return Maintenance(name, _who(grant), now_ns, *told)

    def _check_asset(self, said: Maintenance) -> None:
        """Refuse a machine that nobody has heard of: with a slip of the pen another one would be judged."""
        if said.asset in self._plant.machines or self._store.asset(said.run, said.asset) is not None:
            return
        raise _wrong(f"no machine {said.asset!r} is declared, and none has sent anything")

    async def _deliver(self, said: Maintenance | MaintenanceEnd) -> None:
        """Return when the broker has it; raises BrokerError."""
        asset = said.asset
        where = partition_of(asset, self._partitions)
        message = Outgoing(CONTROL, where, msgspec.msgpack.encode(said), asset.encode())
        await self._outlet.put([message])


def maintenance_routes(door: MaintenanceDoor, store: Store) -> list[Route]:
    """Return the routes of maintenance."""
    listing = endpoint_of(
        lambda asked: store.maintenance(
            maintenance_query(asked.query_params, grant_of(asked).within), *paging(asked.query_params)
        )
    )
    return [
        Route("/v1/maintenance", door.announce, methods=["POST"]),
        Route("/v1/maintenance", listing, methods=["GET"]),
        Route("/v1/maintenance/{id}/end", door.end, methods=["POST"]),
        Route("/v1/maintenance/{id}/cancel", door.cancel, methods=["POST"]),
    ]


def decoded(content: bytes, kind: type[T]) -> T:
    """Read a body of JSON; raises HttpError 400 where it is none, 422 where it says something else."""
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.ValidationError as error:
        raise _wrong(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise HttpError(HTTPStatus.BAD_REQUEST, f"the body is no JSON: {error}") from error


def _answer(one: MaintenanceWindow) -> Response:
    return Response(msgspec.json.encode(one), HTTPStatus.ACCEPTED.value, media_type="application/json")


def _same(known: MaintenanceWindow, said: MaintenanceWindow, posted: PostedMaintenance) -> None:
    """Hold a repeat against what is known; raises HttpError 409 where it says something else."""
    again = (said.asset, said.kind, said.note, said.begin if posted.begin else known.begin)
    until = known.to if known.ended else said.to
    if again != (known.asset, known.kind, known.note, known.begin) or until != known.to:
        raise HttpError(HTTPStatus.CONFLICT, f"{known.id!r} is another maintenance, of {known.asset}")


def _instant(name: str, text: str) -> int:
    try:
        found = nanoseconds(text)
    except (ValueError, OverflowError) as error:
        raise _wrong(f"{name}: {error}") from None
    if not 0 <= found < _FAR:
        raise _wrong(f"{name}: {text!r} is too far away")
    return found


def _who(grant: Grant) -> str:
    return grant.name or LOOPBACK


def _wrong(detail: str) -> HttpError:
    return HttpError(HTTPStatus.UNPROCESSABLE_ENTITY, detail)


_ASKED = {parameter["name"]: parameter for parameter in QUERIES[2].parameters}
_ID = {**QUERIES[3].parameters[0], "description": "Its id."}
_CHANGED = {202: MaintenanceWindow, **dict.fromkeys((400, 404, 409, 413, 422, 503), Problem)}
MAINTENANCE = (
    Operation(
        "POST",
        "/v1/maintenance",
        "Announce a maintenance",
        {status: kind for status, kind in _CHANGED.items() if status != 404},
        "From its beginning on, in data time, the machine's alarms are closed, nothing is raised and nothing "
        "is learnt. After it a new baseline begins, except after an inspection. 202 comes when the broker "
        "has it.",
        {"application/json": PostedMaintenance},
    ),
    Operation(
        "GET",
        "/v1/maintenance",
        "List maintenance, the latest first",
        {200: Page[MaintenanceWindow], 400: Problem, 503: Problem},
        parameters=tuple(_ASKED[name] for name in ("run", "asset", "since", "until", "cursor", "limit")),
    ),
    Operation(
        "POST",
        "/v1/maintenance/{id}/end",
        "Let a maintenance end now, or at a time",
        _CHANGED,
        "Earlier than it was said to end, never later.",
        {"application/json": PostedEnd},
        (_ID, _ASKED["run"]),
    ),
    Operation(
        "POST",
        "/v1/maintenance/{id}/cancel",
        "Take a maintenance back",
        _CHANGED,
        parameters=(_ID, _ASKED["run"]),
    ),
)
"""What is there where a store is configured."""
