"""A gateway over ASGI: no socket, no broker, a clock that stands."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx
from fakes.outlet import FakeOutlet
from starlette.applications import Starlette
from starlette.types import ASGIApp

from pdm.gateway.app import create_app
from pdm.instant import nanoseconds
from pdm.plant.load import load
from pdm.plant.spec import Plant

T = TypeVar("T")

NOW = nanoseconds("2026-06-01T00:00:00Z")
GOOD: dict[str, Any] = {
    "asset": "pump-1",
    "channel": "de-velocity",
    "quantity": "vibration",
    "time": "2026-01-01T00:00:00Z",
    "value": 2.5,
    "unit": "m/s",
}


def reading(**changes: Any) -> bytes:
    """Write a good reading, changed."""
    return json.dumps({**GOOD, **changes}).encode()


def batch(*values: float, **changes: Any) -> bytes:
    """Write an array of good readings with these values."""
    return b"[" + b",".join(reading(value=value, **changes) for value in values) + b"]"


def gateway(outlet: FakeOutlet, plant: Plant | None = None) -> Starlette:
    """Make a gateway on a fake outlet, with one partition."""
    return create_app(plant or load(), outlet, 1, clock_ns=lambda: NOW, linger_s=0.0)


def with_client(app: ASGIApp, use: Callable[[httpx.AsyncClient], Awaitable[T]]) -> T:
    """Run something that asks the app, several requests at a time if it likes."""

    async def asking() -> T:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://pdm.test") as client:
            return await use(client)

    return asyncio.run(asking())


def ask(app: ASGIApp, method: str, path: str, content: Any = None, **headers: str) -> httpx.Response:
    """Ask once; underscores in header names stand for hyphens."""
    plain = {name.replace("_", "-"): value for name, value in headers.items()}

    async def use(client: httpx.AsyncClient) -> httpx.Response:
        return await client.request(method, path, content=content, headers=plain)

    return with_client(app, use)


def post(app: Starlette, content: Any, **headers: str) -> httpx.Response:
    """Post readings, as JSON unless a Content_Type says otherwise."""
    return ask(app, "POST", "/v1/readings", content, **{"Content_Type": "application/json", **headers})
