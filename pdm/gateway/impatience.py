"""Connections whose request never begins or whose headers never end are closed."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADERS_WITHIN_S = 10.0
"""How long a client may take for the headers of a request, the first one counted from the connection."""


class Impatient(HttpToolsProtocol):
    """The usual protocol, which waits for headers no longer than `HEADERS_WITHIN_S`.

    A body may take its time: over a slow line readings are many bytes, headers are few.
    """

    _giving_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._relax()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Wait for the headers of the next request."""
        super().on_message_begin()
        if self._giving_up is None:
            self._wait()

    def on_headers_complete(self) -> None:
        """Have what was waited for."""
        self._relax()
        super().on_headers_complete()

    def _wait(self) -> None:
        loop: Any = asyncio.get_running_loop()
        self._giving_up = loop.call_later(HEADERS_WITHIN_S, self.transport.close)

    def _relax(self) -> None:
        if self._giving_up is not None:
            self._giving_up.cancel()
            self._giving_up = None
