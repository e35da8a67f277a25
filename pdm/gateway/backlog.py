"""GET /v1/backlog: what each stage has still to do; all zero means that everything has been seen."""

from collections.abc import Awaitable, Callable

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response


def backlog_route(look: Callable[[], dict[str, int]]) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint; `look` asks the broker, which takes a moment, so it runs in a thread."""

    async def endpoint(_request: Request) -> Response:
        return Response(msgspec.json.encode(await run_in_threadpool(look)), media_type="application/json")

    return endpoint
