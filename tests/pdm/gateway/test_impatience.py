"""Connections whose headers never end, against a real server on loopback."""

import asyncio

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from pdm.broker.ports import free_port
from pdm.gateway import impatience
from pdm.gateway.impatience import Impatient


async def _echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


async def _served(port: int) -> uvicorn.Server:
    """Start a server and return when it listens."""
    app = Starlette(routes=[Route("/", _echo, methods=["POST"])])
    config = uvicorn.Config(app, port=port, http=Impatient, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    ready = asyncio.Event()
    startup = server.startup

    async def started(sockets: object = None) -> None:
        await startup(sockets)  # type: ignore[arg-type]
        ready.set()

    server.startup = started  # type: ignore[method-assign]
    server.task = asyncio.create_task(server.serve())  # type: ignore[attr-defined]
    await ready.wait()
    return server


@pytest.mark.parametrize("begun", [b"", b"POST / HTTP/1.1\r\nHost: x\r\n"])
def test_a_client_whose_headers_never_end_is_sent_away(begun: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that says nothing at all; one that is slow with its body is served."""
    monkeypatch.setattr(impatience, "HEADERS_WITHIN_S", 0.05)

    async def run() -> None:
        port = free_port()
        server = await _served(port)
        slow, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(begun)
        good, body = await asyncio.open_connection("127.0.0.1", port)
        body.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\na")
        assert await slow.read() == b""
        body.write(b"b")
        assert (await good.read()).startswith(b"HTTP/1.1 200")
        writer.close()
        body.close()
        server.should_exit = True
        await server.task  # type: ignore[attr-defined]

    asyncio.run(run())
