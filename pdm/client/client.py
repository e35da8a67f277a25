"""The client: what it takes is on disk when `send` returns, and with the gateway as soon as that is there."""

import logging
import math
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import msgspec
from msgspec import Struct

from pdm.client.courier import MOST, Courier, Post, Refused
from pdm.client.spool import LARGEST, Spool, SpoolError
from pdm.client.web import Poster

log = logging.getLogger(__name__)

LINGER_S = 0.2
"""How long readings wait for others to go with."""
SYNC_S = 1.0
"""A power cut may cost what came in so many seconds; a crash of the process costs nothing."""


class State(Struct, frozen=True):
    """How a client is: readings not yet arrived, verdicts since its start, what is wrong just now."""

    pending: int
    accepted: int
    refused: int
    trouble: str


class Client:
    """Delivers readings in the background, in the order in which they were sent. A context manager.

    url        : of the gateway, https://... in a plant
    spool      : folder on a local disk, for this client alone; what is left there goes on with the next start
    source     : who delivers; unless said, the gateway's default
    key        : API key, sent as a bearer token
    most_bytes : of the spool; when it is full, what is there stays and `send` raises SpoolFullError
    on_refused : called from the client's thread with each reading that was refused; otherwise it is logged
    post       : how to reach the gateway; otherwise HTTP
    raises SpoolError where another process has the folder
    """

    def __init__(
        self,
        url: str,
        spool: Path | str,
        *,
        source: str = "",
        key: str | None = None,
        most_bytes: int = LARGEST,
        on_refused: Callable[[Refused], None] | None = None,
        post: Post | None = None,
    ) -> None:
        self._spool = Spool(Path(spool), most_bytes)
        self._poster = Poster(url, source, key)
        self._courier = Courier(self._spool, post or self._poster, on_refused or _logged)
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="pdm-client", daemon=True)
        self._thread.start()

    @property
    def state(self) -> State:
        """How it is just now."""
        courier = self._courier
        return State(self._spool.pending, courier.accepted, courier.refused, courier.trouble)

    def send(
        self,
        asset: str,
        channel: str,
        value: float,
        unit: str,
        quantity: str,
        time: datetime | str | None = None,
    ) -> None:
        """Take one reading; `time` is now unless said, and has a zone.

        raises ValueError for a value or a time that cannot be meant, SpoolFullError
        """
        said = {"asset": asset, "channel": channel, "value": value, "unit": unit, "quantity": quantity}
        self.send_many([said if time is None else {**said, "time": time}])

    def send_many(self, readings: Iterable[Mapping[str, Any]]) -> None:
        """Take readings, all or none of them, each with the fields of `send`; raises as `send` does."""
        if self._closing:
            raise ValueError("the client is closed")
        self._spool.append([_line(reading) for reading in readings])
        with self._changed:
            self._changed.notify_all()

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until everything sent so far has been answered; False where the time was over before."""
        end = self._spool.end
        with self._changed:
            return self._changed.wait_for(lambda: self._spool.done >= end or not self._spool.pending, timeout)

    def close(self, timeout: float = 5.0) -> None:
        """Deliver what can be delivered in this time, and stop; the rest stays on disk for the next start.

        A request that is under way then is waited for.
        """
        self.flush(timeout)
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()
        self._poster.close()
        self._spool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> None:
        """Deliver until the client is closed."""
        while not self._closing:
            try:
                pause = self._courier.attempt()
            except SpoolError:
                log.exception("the spool cannot be read; tried again")
                pause = SYNC_S
            with self._changed:
                self._changed.notify_all()
            if pause is None:
                self._rest()
            else:
                self._wait(pause)

    def _rest(self) -> None:
        """Wait for something to deliver, and a moment longer for more of it."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._spool.pending > 0)
            self._changed.wait_for(lambda: self._closing or self._spool.pending >= MOST, LINGER_S)

    def _wait(self, pause: float) -> None:
        """Wait for the next attempt; what comes in meanwhile goes to the disk each second."""
        until = time.monotonic() + pause
        while (left := until - time.monotonic()) > 0 and not self._closing:
            with self._changed:
                self._changed.wait_for(lambda: self._closing, min(left, SYNC_S))
            try:
                self._spool.sync()
            except SpoolError:
                log.exception("the disk does not take what came in")


def _line(reading: Mapping[str, Any]) -> bytes:
    """Write a reading as the gateway takes it."""
    value, at = float(reading["value"]), reading.get("time")
    if not math.isfinite(value):
        raise ValueError(f"value of {reading['asset']} {reading['channel']} is not a finite number")
    if at is None:
        seconds, ns = divmod(time.time_ns(), 1_000_000_000)
        at = f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{ns:09d}Z"
    elif isinstance(at, datetime):
        if at.tzinfo is None:
            raise ValueError("time has no zone: datetime.now(timezone.utc) has one")
        at = at.isoformat()
    return msgspec.json.encode({**reading, "value": value, "time": at})


def _logged(refused: Refused) -> None:
    log.warning("refused, %s: %s: %s", refused.reason, refused.detail, refused.reading.decode()[:200])
