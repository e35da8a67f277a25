"""When a service counts as ready."""

import socket
import threading
from collections.abc import Callable
from pathlib import Path

import certificates
import pytest
from fakes.serving import Serving
from starlette.responses import PlainTextResponse

from pdm.supervision.readiness import is_ready, why_not


def answering(status: str) -> tuple[str, Callable[[], None]]:
    """Serve one request with this status; the callable waits for its end."""
    server = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        with server, server.accept()[0] as line:
            asked = line.recv(4096)
            right = asked.startswith(b"GET /readyz ")
            line.sendall(f"HTTP/1.1 {status if right else '404 x'}\r\nContent-Length: 0\r\n\r\n".encode())

    thread = threading.Thread(target=run)
    thread.start()
    return f"http://127.0.0.1:{server.getsockname()[1]}", thread.join


@pytest.mark.parametrize(("status", "expected"), [("200 OK", True), ("503 Service Unavailable", False)])
def test_only_200_is_ready(status: str, expected: bool) -> None:
    """A service that answers is not yet one that is ready."""
    url, end = answering(status)
    assert is_ready(url) is expected
    end()


def test_nobody_is_not_ready() -> None:
    """A refused connection is a no, not an error."""
    assert not is_ready("http://127.0.0.1:1")


def test_over_tls_only_its_own_certificate_is_believed(tmp_path: Path) -> None:
    """Whatever name it was issued to; another one, of the same authority even, is a no."""
    own, other = (certificates.make(tmp_path / name, "DNS:plant.example") for name in ("own", "other"))
    with Serving(PlainTextResponse("ready"), own) as serving:
        assert serving.url.startswith("https://")
        assert is_ready(serving.url, certificate=own.cert)
        assert not is_ready(serving.url, certificate=other.cert)
        assert not is_ready(serving.url)


def test_a_service_that_is_not_ready_says_why() -> None:
    """The detail of its problem, or its status where it says nothing."""
    with Serving(PlainTextResponse('{"detail": "no broker"}', 503)) as serving:
        assert why_not(serving.url) == "no broker"
    url, end = answering("503 Service Unavailable")
    assert why_not(url) == "status 503"
    end()
