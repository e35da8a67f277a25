"""Serves an ASGI app on a free loopback port, for clients that need a real one."""

import socket
import threading

import uvicorn
from certificates import Certificates
from starlette.types import ASGIApp


def unused_port() -> int:
    """Return a loopback port on which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


class _Server(uvicorn.Server):
    """A server that says when it has started."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then let those who wait go on."""
        await super().startup(sockets)
        self.ready.set()


class Serving:
    """Runs while it is entered; `url` is where; over TLS where it is given certificates."""

    def __init__(self, app: ASGIApp, pem: Certificates | None = None) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        scheme, cert, key = ("https", pem.cert, pem.key) if pem else ("http", None, None)
        self.url = f"{scheme}://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(app, log_level="error", lifespan="off", ssl_certfile=cert, ssl_keyfile=key)
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],))

    def __enter__(self) -> "Serving":
        self._thread.start()
        assert self._server.ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()
