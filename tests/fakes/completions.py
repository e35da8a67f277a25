"""A server of chat completions on a free loopback port: a queue of answers in, a history out."""

import json
import threading
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Request = dict[str, Any]


def echo_draft(request: Request) -> str:
    """Answer with the draft that stands in the prompt's data: a wording that passes all checks."""
    data = json.loads(request["messages"][1]["content"].split("\n")[1])
    return str(data["draft"])


class FakeCompletions:
    """Serves while it is entered. An answer is a text, or (status, body) to be sent as it is.

    otherwise : what answers when the queue is empty
    history   : the requests, as JSON, and their Authorization headers
    """

    def __init__(
        self, *answers: str | tuple[int, bytes], otherwise: Callable[[Request], str] = echo_draft
    ) -> None:
        self.queue = deque(answers)
        self.otherwise = otherwise
        self.history: list[Request] = []
        self.authorizations: list[str | None] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def base_url(self) -> str:
        """What PDM_LLM_BASE_URL is set to."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> "FakeCompletions":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, request: Request) -> tuple[int, bytes]:
        """Return status and body for a request, and remember it."""
        self.history.append(request)
        answer = self.queue.popleft() if self.queue else self.otherwise(request)
        if isinstance(answer, tuple):
            return answer
        choice = {"index": 0, "message": {"role": "assistant", "content": answer}, "finish_reason": "stop"}
        return 200, json.dumps({"id": "fake", "object": "chat.completion", "choices": [choice]}).encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", 0))
                fake.authorizations.append(self.headers.get("authorization"))
                found = self.path == "/v1/chat/completions"
                status, body = fake.answer(json.loads(self.rfile.read(length))) if found else (404, b"")
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the parent's name)
                pass

        return Handler
