"""Whether the gateway lives, and whether it can do its work."""

from collections.abc import Awaitable, Callable

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from pdm.gateway.outlet import Outlet


class Health(Struct, frozen=True):
    """A word for a probe: "alive" or "ready"."""

    status: str


async def healthz(_request: Request) -> Response:
    """Say that the process lives."""
    return _word("alive")


def readyz(outlet: Outlet) -> Callable[[Request], Awaitable[Response]]:
    """Make the answer to readiness probes."""

    async def ready(_request: Request) -> Response:
        """Say whether readings can be taken: the broker answers and has the topics."""
        await outlet.check()
        return _word("ready")

    return ready


def _word(status: str) -> Response:
    return Response(msgspec.json.encode(Health(status)), media_type="application/json")
