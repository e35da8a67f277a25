"""Carries batches from the spool to the gateway, one after the other, until each is answered for good."""

import logging
import random
from collections.abc import Callable, Mapping

import msgspec
from msgspec import Struct

from pdm.client.spool import Batch, Spool

log = logging.getLogger(__name__)

MOST, MOST_BYTES = 5_000, 1_000_000
"""Readings and bytes of a batch."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 60.0
"""Between attempts that failed; doubled each time. Retry-After may ask for more, up to the longest."""

_ACCEPTED, _CONFLICT, _TOO_LARGE, _UNPROCESSABLE = 202, 409, 413, 422


class Answer(Struct, frozen=True):
    """What the gateway answered; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Post = Callable[[bytes, Mapping[str, str]], Answer]
"""Posts a body with headers; raises ConnectionError where there is no answer."""


class Refused(Struct, frozen=True):
    """A reading that the gateway will not have, and why; `number` is its place in the spool."""

    number: int
    reading: bytes
    reason: str
    detail: str


class _Rejection(Struct, frozen=True):
    index: int
    reason: str
    detail: str


class _Receipt(Struct, frozen=True):
    accepted: int
    rejected: tuple[_Rejection, ...]


class Courier:
    """Delivers in order: a batch goes when the one before it was answered.

    on_refused : told of each reading refused; after a crash perhaps once more
    """

    def __init__(
        self,
        spool: Spool,
        post: Post,
        on_refused: Callable[[Refused], None],
        most: int = MOST,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._spool, self._post, self._on_refused, self._most = spool, post, on_refused, most
        self._jitter = jitter
        self._failures, self._salt = 0, ""
        self.accepted = self.refused = 0
        self.trouble = ""

    def attempt(self) -> float | None:
        """Send one batch. Returns seconds to wait before the next attempt, None where nothing is left.

        raises SpoolError
        """
        batch = self._spool.batch(self._most, MOST_BYTES)
        if batch is None:
            return None
        headers = {"Content-Type": "application/x-ndjson", "Idempotency-Key": batch.key + self._salt}
        try:
            answer = self._post(b"\n".join(batch.records), headers)
        except ConnectionError as error:
            return self._later(f"no answer: {error}", 0.0)
        receipt = _receipt(answer)
        if receipt is not None:
            self._told(batch, receipt)
            self._finish(batch)
            return 0.0
        return self._otherwise(batch, answer)

    def _otherwise(self, batch: Batch, answer: Answer) -> float:
        """Deal with an answer that says nothing about the readings."""
        if answer.status == _TOO_LARGE:
            if len(batch.records) > 1:
                self._spool.shorten(batch)
                return 0.0
            self._refuse(batch, 0, "too_large", _detail(answer))
            self._finish(batch)
            return 0.0
        if answer.status == _UNPROCESSABLE:
            self._salt += "-again"
            log.warning("the gateway knows this batch otherwise; it goes once more under another key")
        return self._later(f"{answer.status}: {_detail(answer)}", _seconds(answer))

    def _told(self, batch: Batch, receipt: _Receipt) -> None:
        """Pass the verdicts on."""
        self.accepted += receipt.accepted
        for one in receipt.rejected:
            self._refuse(batch, one.index, one.reason, one.detail)

    def _refuse(self, batch: Batch, index: int, reason: str, detail: str) -> None:
        self.refused += 1
        try:
            self._on_refused(Refused(batch.first + index, batch.records[index], reason, detail))
        except Exception:  # what a callback does must not stop the delivery
            log.exception("the callback for refused readings failed")

    def _finish(self, batch: Batch) -> None:
        self._spool.arrived(batch)
        self._failures, self._salt, self.trouble = 0, "", ""

    def _later(self, trouble: str, asked_s: float) -> float:
        """Say how long to wait: longer each time, and not all clients at once."""
        pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2**self._failures)
        self._failures = min(self._failures + 1, 20)
        if trouble != self.trouble:
            log.warning("readings wait on disk: %s", trouble)
        self.trouble = trouble
        return min(LONGEST_PAUSE_S, max(asked_s, self._jitter(pause / 2, pause)))


def _receipt(answer: Answer) -> _Receipt | None:
    """Read the verdicts; None where the answer has none."""
    if answer.status not in {_ACCEPTED, _UNPROCESSABLE}:
        return None
    try:
        return msgspec.json.decode(answer.body, type=_Receipt)
    except msgspec.MsgspecError:
        return None


def _detail(answer: Answer) -> str:
    """Read what problem details say."""
    try:
        return str(msgspec.json.decode(answer.body)["detail"])
    except (msgspec.MsgspecError, KeyError, TypeError, UnicodeDecodeError):
        return "no reason given"


def _seconds(answer: Answer) -> float:
    """Read Retry-After in seconds, 0 where it says none."""
    text = answer.headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdigit() else 0.0
