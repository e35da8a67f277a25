"""Faults of clients: poison, strings too long, names without end, slow headers, garbage."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import httpx
import msgspec

from bench.faults.ground import Ground
from bench.faults.seen import BrokenPromiseError, Fault, NotHereError
from bench.observed import POISONED, dead_letters, put_poison
from bench.trial import patiently
from pdm.broker.backlog import settle

ROOT = Path(__file__).parents[2]
POISON = 60
LONG = 10_000_000
NAMES, AT_ONCE = 100_000, 5_000
SLOW = 200
BODY = '{{"asset":"{asset}","channel":"v","quantity":"vibration","time":"{time}","value":1.0,"unit":"mm/s"}}'
TIME = "2026-01-01T00:00:00Z"
JSON = {"Content-Type": "application/json"}


def poison(ground: Ground) -> str:
    """Put messages that nobody can read into every topic that is read."""
    restarts = sum(ground.service.restarts.values())
    ground.poison += put_poison(ground.service, POISON, seed=1)
    ground.load(1)
    settle(lambda: patiently(ground.service))
    found, again = dead_letters(ground.service.bootstrap), sum(ground.service.restarts.values()) - restarts
    if found != ground.poison or again:
        raise BrokenPromiseError(f"{ground.poison} poison messages, {found} dead letters, {again} restarts")
    return f"{found} poison messages in {len(POISONED)} topics: as many dead letters, no restart"


def long_strings(ground: Ground) -> str:
    """Post names and values of 10 MB; the good reading beside them is kept."""
    long, told = "x" * LONG, []
    resident = _resident(ground.service.pids["gateway"])
    with _client(ground) as to:
        for field in ("asset", "channel", "unit", "time"):
            reading = msgspec.json.decode(BODY.format(asset="long", time=TIME)) | {field: long}
            answer = to.post("/v1/readings", content=msgspec.json.encode([reading]), headers=JSON)
            told.append(answer.status_code)
            if len(answer.content) > 10_000:
                raise BrokenPromiseError(f"the answer repeats the string: {len(answer.content)} bytes")
        much = to.post("/v1/readings", content=b"[" + b" " * 4 * LONG + b"]", headers=JSON)
    if (
        set(told) != {HTTPStatus.UNPROCESSABLE_ENTITY}
        or much.status_code != HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    ):
        raise BrokenPromiseError(f"answers were {told} and {much.status_code}")
    grown = _resident(ground.service.pids["gateway"]) - resident
    return f"refused with a reason each (422, 413 beyond 16 MiB); the gateway grew by {grown // 2**20} MiB"


def many_names(ground: Ground) -> str:
    """Let one source name 100,000 machines that nobody declared: as many as it may bring are taken."""
    stages = ("gateway", "align", "monitor", "recorder")
    before = {name: _resident(ground.service.pids[name]) for name in stages}
    headers, answers = {**JSON, "PDM-Source": "names"}, list[httpx.Response]()
    with _client(ground) as to:
        for begin in range(0, NAMES, AT_ONCE):
            bodies = [BODY.format(asset=f"n-{n}", time=TIME) for n in range(begin, begin + AT_ONCE)]
            answers.append(to.post("/v1/readings", content=f"[{','.join(bodies)}]".encode(), headers=headers))
    accepted = sum(answer.json().get("accepted", 0) for answer in answers)
    reasons = {one["reason"] for answer in answers for one in answer.json().get("rejected", ())}
    most = ground.service.settings.new_names
    if not 0 < accepted <= most or reasons != {"too_many_names"}:
        raise BrokenPromiseError(f"{accepted} of {NAMES} names accepted, {most} may be; refused as {reasons}")
    ground.trial.readings += accepted
    settle(lambda: patiently(ground.service))
    grown = {name: (_resident(ground.service.pids[name]) - before[name]) // 2**20 for name in stages}
    if max(grown.values()) * 2**20 > NAMES * 5_000:
        raise BrokenPromiseError(f"more than 5 kB a name: {grown} MiB")
    told = ", ".join(f"{name} {mib}" for name, mib in grown.items())
    return f"{accepted:,} of {NAMES:,} accepted, the others refused with a reason; grown by, in MiB: {told}"


def slow_headers(ground: Ground) -> str:
    """Open 200 connections whose headers never end; others must be served, and the slow ones sent away."""
    host, port = ground.service.settings.http.host, ground.service.settings.http.port
    with _dribbling(host, port) as sockets:
        slowest = 0.0
        for _ in range(24):
            _dribble(sockets)
            began = time.monotonic()
            with _client(ground) as to:
                served = to.get("/healthz").status_code
            slowest = max(slowest, time.monotonic() - began)
            if served != HTTPStatus.OK or slowest > 5.0:
                raise BrokenPromiseError(f"others got {served} after {slowest:.1f} s")
            time.sleep(0.5)
        gone = sum(_is_closed(one) for one in sockets)
    if gone < SLOW:
        raise BrokenPromiseError(f"{SLOW - gone} of {SLOW} slow connections are still open after 12 s")
    return f"others were served within {slowest:.2f} s; all {gone} slow connections were closed"


def garbage(ground: Ground) -> str:
    """Let schemathesis ask everything our OpenAPI allows, and much that it does not."""
    program = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
    if program is None:
        raise NotHereError("schemathesis is not installed")
    options = ["--checks", "not_a_server_error", "--max-examples", "25", "--seed", "7", "--no-color"]
    with tempfile.TemporaryDirectory(prefix="pdm-faults-") as place, ground.trial.serving(Path(place)) as own:
        done = subprocess.run(  # noqa: S603  (our own program)
            [program, "run", f"{own.url}/openapi.json", *options],
            capture_output=True,
            text=True,
            check=False,
            cwd=place,
            env={**os.environ, "SCHEMATHESIS_HOOKS": "bench.faults.ndjson", "PYTHONPATH": str(ROOT)},
            timeout=300,
        )
        restarts = sum(own.restarts.values())
    if done.returncode or restarts:
        raise BrokenPromiseError(f"{restarts} restarts; schemathesis says: {done.stdout[-1500:]}")
    counted = [line.strip() for line in done.stdout.splitlines() if "generated" in line]
    return f"no answer 5xx, no restart; schemathesis: {counted[-1] if counted else 'passed'}"


@contextmanager
def _dribbling(host: str, port: int) -> Iterator[list[socket.socket]]:
    sockets = [socket.create_connection((host, port), timeout=5.0) for _ in range(SLOW)]
    try:
        for one in sockets:
            one.sendall(b"POST /v1/readings HTTP/1.1\r\nHost: x\r\n")
        yield sockets
    finally:
        for one in sockets:
            one.close()


def _dribble(sockets: list[socket.socket]) -> None:
    for one in sockets:
        try:
            one.sendall(b"X-A: b\r\n")
        except OSError:
            continue


def _is_closed(one: socket.socket) -> bool:
    one.settimeout(0.01)
    try:
        return one.recv(1000) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def _client(ground: Ground) -> httpx.Client:
    return httpx.Client(base_url=ground.service.url, timeout=60.0, trust_env=False)


def _resident(pid: int) -> int:
    """Return the resident memory of a process in bytes."""
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    return 1024 * int(status.split("VmRSS:")[1].split()[0])


FAULTS = (
    Fault("poison", "a message nobody can read is put aside and stops nothing", poison, quick=True),
    Fault(
        "long-strings",
        "a reading too long is refused with its reason, in bounded memory",
        long_strings,
        quick=True,
    ),
    Fault(
        "slow-headers",
        "slow clients keep nobody else waiting, and are sent away",
        slow_headers,
        quick=True,
    ),
    Fault("many-names", "a source brings so many names and no more, each of bounded memory", many_names),
    Fault("garbage", "no request makes the gateway fail: no 5xx but 503", garbage, alone=True),
)
