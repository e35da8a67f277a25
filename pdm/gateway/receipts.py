"""GET /v1/receipts and /v1/sources/{source}/last: what was answered, and what was sent, to be seen again."""

import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import msgspec
from msgspec import Raw
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pdm.gateway.desk import Desk
from pdm.gateway.guard import grant_of
from pdm.gateway.parameters import ParameterError, paging, receipt_query
from pdm.gateway.problems import HttpError, problem
from pdm.instant import rfc3339
from pdm.receipts.book import DAY_NS
from pdm.receipts.kept import Kept, ReceiptDetail, ReceiptLine
from pdm.store.protocol import Page


def receipt_routes(desk: Desk, clock_ns: Callable[[], int] = time.time_ns) -> list[Route]:
    """Return the routes on what the desk has kept."""
    asked = Asked(desk, clock_ns)
    return [
        Route("/v1/receipts", _endpoint(asked.receipts)),
        Route("/v1/receipts/{id}", _endpoint(asked.receipt)),
        Route("/v1/sources/{source}/last", _endpoint(asked.last)),
    ]


class Asked:
    """Looks up what is asked for."""

    def __init__(self, desk: Desk, clock_ns: Callable[[], int]) -> None:
        self._desk, self._clock_ns = desk, clock_ns

    async def receipts(self, request: Request) -> Page[ReceiptLine]:
        """List receipts of the last day, the latest first; raises ParameterError."""
        source, since_ns = receipt_query(request.query_params)
        source = source or grant_of(request).speaks or None
        if source and not grant_of(request).may_be(source):
            raise HttpError(HTTPStatus.FORBIDDEN, f"this key does not speak for the source {source}")
        cursor, limit = paging(request.query_params)
        before = _number(cursor)
        since_ns = max(since_ns or 0, self._clock_ns() - DAY_NS)
        found = await self._desk.keeper.ask(lambda book: book.lines(source, since_ns, before, limit + 1))
        more = str(found[limit - 1][0]) if len(found) > limit else None
        return Page(tuple(line for _, line in found[:limit]), more)

    async def receipt(self, request: Request) -> ReceiptDetail:
        """Show one receipt with its whole answer; raises HttpError 404."""
        name, now_ns = request.path_params["id"], self._clock_ns()
        kept = await self._desk.keeper.ask(lambda book: book.receipt(name, now_ns))
        if kept is None or not grant_of(request).may_be(kept.source):
            raise HttpError(HTTPStatus.NOT_FOUND, "no such receipt of the last 24 hours")
        return ReceiptDetail(_line(kept), Raw(kept.body))

    async def last(self, request: Request) -> msgspec.Struct:
        """Show what a source sent last; raises HttpError 404."""
        source = request.path_params["source"]
        found = self._desk.lasts.of(source)
        if found is None or not grant_of(request).may_be(source):
            raise HttpError(HTTPStatus.NOT_FOUND, "nothing came from this source since the gateway started")
        return found


def _line(kept: Kept) -> ReceiptLine:
    return ReceiptLine(
        kept.id,
        rfc3339(kept.time_ns),
        kept.path,
        kept.source,
        kept.status,
        kept.accepted,
        kept.refused,
        kept.key,
    )


def _number(cursor: str | None) -> int | None:
    """Read a cursor; raises ParameterError."""
    if cursor is None:
        return None
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18:
        raise ParameterError("cursor: not one of this list")
    return int(cursor)


def _endpoint(
    look: Callable[[Request], Awaitable[msgspec.Struct]],
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            found = await look(request)
        except ParameterError as error:
            return problem(HTTPStatus.BAD_REQUEST, str(error))
        return Response(msgspec.json.encode(found), media_type="application/json")

    return endpoint
