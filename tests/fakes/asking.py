"""A client of an ASGI app without a socket."""

import asyncio
from typing import Any

import httpx
from starlette.types import ASGIApp


class Asking:
    """Asks an app over ASGI, one request at a time."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def get(self, path: str) -> httpx.Response:
        """Return the response to a GET."""

        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://pdm.test") as client:
                return await client.get(path)

        return asyncio.run(once())

    def ok(self, path: str) -> dict[str, Any]:
        """Return the JSON of a GET that must succeed."""
        response = self.get(path)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer
