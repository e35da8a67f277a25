"""Whether the gateway lives, and whether it can do its work."""

from collections.abc import Awaitable, Callable

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from pdm.broker.pressure import Pressure
from pdm.gateway.outlet import Outlet


class Health(Struct, frozen=True):
    """A word for a probe: "alive" or "ready"."""

    status: str


async def healthz(_request: Request) -> Response:
    """Say that the process lives."""
    return _word("alive")


def readyz(outlet: Outlet, pressure: Pressure) -> Callable[[Request], Awaitable[Response]]:
    """Make the answer to readiness probes."""

    async def ready(_request: Request) -> Response:
        """Say whether readings can be taken: the broker has the topics, and no stage is too far behind."""
        await outlet.check()
        pressure.check()
        return _word("ready")

    return ready


def _word(status: str) -> Response:
    return Response(msgspec.json.encode(Health(status)), media_type="application/json")
