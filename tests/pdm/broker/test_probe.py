"""What counts as a broker that truly serves."""

import socket
import struct
import threading
from collections.abc import Callable

import pytest

from pdm.broker.probe import serves

Answer = Callable[[int], bytes]


def once(answer: Answer) -> tuple[int, threading.Thread]:
    """Serve one connection: each request is answered with what `answer` says about its api key."""
    server = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        with server, server.accept()[0] as line, line.makefile("rb") as reader:
            while size := reader.read(4):
                api, _, correlation = struct.unpack_from(">hhi", reader.read(struct.unpack(">i", size)[0]))
                body = answer(api)
                if not body:
                    return
                line.sendall(struct.pack(">ii", len(body) + 4, correlation) + body)

    thread = threading.Thread(target=run)
    thread.start()
    return server.getsockname()[1], thread


@pytest.mark.parametrize(
    ("error", "brokers", "expected"),
    [(0, 1, True), (0, 0, False), (35, 1, False)],
    ids=["serves", "no broker in the metadata yet", "an error code"],
)
def test_both_answers_are_needed(error: int, brokers: int, expected: bool) -> None:
    """ApiVersions without error and a broker in the metadata, nothing less."""
    answers = {18: struct.pack(">hi", error, 0), 3: struct.pack(">i", brokers)}
    port, thread = once(lambda api: answers[api])
    assert serves("127.0.0.1", port) is expected
    thread.join(10)


def test_a_connection_closed_early_is_no_broker() -> None:
    """Something listens and hangs up."""
    port, thread = once(lambda _api: b"")
    assert not serves("127.0.0.1", port)
    thread.join(10)


def test_nobody_listening_is_no_broker() -> None:
    """A refused connection is an answer too."""
    assert not serves("127.0.0.1", 1)
