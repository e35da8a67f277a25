"""Stands in for one process of the service: `python stub_process.py NAME JOURNAL [die|never-ready]`.

It notes its start and its SIGTERM in the journal; the one called `gateway` answers /readyz at PDM_HTTP.
"""

import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

name, journal = sys.argv[1], Path(sys.argv[2])
manner = sys.argv[3] if len(sys.argv) > 3 else ""


def note(what: str) -> None:
    """Append one line to the journal, whole."""
    with journal.open("a") as lines:
        lines.write(f"{what} {name}\n")


class Ready(BaseHTTPRequestHandler):
    """Says that it is ready, or never."""

    def do_GET(self) -> None:
        """Answer whatever is asked."""
        self.send_response(503 if manner == "never-ready" else 200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


def end(_number: int, _frame: object) -> None:
    """Note the order to end, and end."""
    note("stop")
    os._exit(0)


note(f"start[{os.environ['PDM_METRICS']}]")
if manner == "die":
    sys.exit(f"{name} cannot run here")
signal.signal(signal.SIGTERM, end)
if name == "gateway":
    host, _, port = os.environ["PDM_HTTP"].rpartition(":")
    server = HTTPServer((host, int(port)), Ready)
    threading.Thread(target=server.serve_forever, daemon=True).start()
while True:
    signal.pause()
