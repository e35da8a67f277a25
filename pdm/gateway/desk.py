"""The desk behind every door: repeats are answered from the book, and verdicts can be asked for again."""

import asyncio
import hashlib
import re
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from pdm.broker.pressure import Pressure
from pdm.chain.acquisition.newcomers import Newcomers
from pdm.gateway.last import KEPT_BYTES, Heard, Lasts
from pdm.gateway.problems import MEDIA_TYPE, HttpError, NothingAccepted, problem
from pdm.gateway.sender import Sender
from pdm.gateway.throttle import Throttle
from pdm.metrics import REPLAYED
from pdm.receipts.keeper import Keeper
from pdm.receipts.kept import Kept
from pdm.records.reading import PointReceipt, Receipt, Rejection

KEY_HEADER, REPLAYED_HEADER, RECEIPT_HEADER = "Idempotency-Key", "Idempotency-Replayed", "PDM-Receipt"

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_JSON = "application/json"


class Brought(Struct, frozen=True):
    """What a request brought to a door, unpacked; `kind` is how it is read."""

    whose: Sender
    kind: str
    content: bytes
    what: str = "reading"


class Outcome(Struct, frozen=True):
    """What became of it: what was accepted is safe in the broker.

    ignored : fields that a mapping leaves out; None at doors that have no mappings
    """

    accepted: int
    rejected: tuple[Rejection, ...]
    duplicates: int = 0
    ignored: int | None = None


class Desk:
    """Answers requests of all doors; what a key delivers counts against its rate at all of them together."""

    def __init__(
        self,
        keeper: Keeper,
        lasts: Lasts,
        clock_ns: Callable[[], int],
        newcomers: Newcomers,
        pressure: Pressure,
    ) -> None:
        self.keeper, self.lasts, self._clock_ns = keeper, lasts, clock_ns
        self.newcomers, self.pressure = newcomers, pressure
        self.throttle = Throttle()
        self._turns: dict[tuple[str, str, str], tuple[asyncio.Lock, list[None]]] = {}

    async def answer(
        self, request: Request, brought: Brought, deliver: Callable[[], Awaitable[Outcome]]
    ) -> Response:
        """Deliver and answer; or answer as before, where the key says that this is a repeat.

        raises HttpError 400 for a key that cannot be one
        """
        key = _key(request)
        if not key:
            return await self._fresh(request.url.path, brought, deliver)
        digest = _digest(brought)
        source, path = brought.whose.source.name, request.url.path
        async with self._turn(source, path, key):
            now_ns = self._clock_ns()
            before = await self.keeper.ask(lambda book: book.repeated(source, path, key, now_ns))
            if before is None:
                return await self._fresh(path, brought, deliver, key, digest)
        if before.digest != digest:
            return problem(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                f"this {KEY_HEADER} was used for another request: take a new one",
            )
        REPLAYED.inc()
        return Response(before.body, before.status, _headers(before.id, again=True), before.media_type)

    async def _fresh(
        self,
        path: str,
        brought: Brought,
        deliver: Callable[[], Awaitable[Outcome]],
        key: str = "",
        digest: bytes = b"",
    ) -> Response:
        """Deliver something that is no repeat, and keep its receipt where somebody may ask for it.

        raises BrokerError while a stage is too far behind to be given more
        """
        self.pressure.check()
        outcome = await deliver()
        status, media_type, body = _written(outcome, brought.what)
        name, now_ns = "", self._clock_ns()
        if key or outcome.rejected:
            name = uuid.uuid4().hex
            source, refused = brought.whose.source.name, len(outcome.rejected)
            kept = Kept(
                name, now_ns, path, source, key, digest, status, media_type, body, outcome.accepted, refused
            )
            written = self.keeper.keep(kept)
            if written is None:
                name = ""
            elif key:
                await asyncio.shield(written)
        self._note(path, brought, outcome, status, name)
        return Response(body, status, _headers(name), media_type)

    def _note(self, path: str, brought: Brought, outcome: Outcome, status: int, name: str) -> None:
        """Remember what the source sent last."""
        heard = Heard(
            time_ns=self._clock_ns(),
            path=path,
            media_type=brought.kind,
            length=len(brought.content),
            payload=brought.content[:KEPT_BYTES],
            status=status,
            accepted=outcome.accepted,
            rejected=outcome.rejected,
            receipt=name,
            requests=1,
            total_accepted=outcome.accepted,
            total_refused=len(outcome.rejected),
        )
        self.lasts.note(brought.whose.source.name, heard)

    @asynccontextmanager
    async def _turn(self, *scope: str) -> AsyncIterator[None]:
        """Let requests with one key in one after the other."""
        source, path, key = scope
        lock, waiting = self._turns.setdefault((source, path, key), (asyncio.Lock(), []))
        waiting.append(None)
        try:
            async with lock:
                yield
        finally:
            waiting.pop()
            if not waiting:
                del self._turns[source, path, key]


def _key(request: Request) -> str:
    """Read the key; raises HttpError 400."""
    key = request.headers.get(KEY_HEADER, "")
    if key and not _KEY.fullmatch(key):
        raise HttpError(
            HTTPStatus.BAD_REQUEST, f"{KEY_HEADER} must be 1 to 255 visible ASCII characters, without blanks"
        )
    return key


def _digest(brought: Brought) -> bytes:
    """Sum up everything that decides what becomes of a request."""
    said = msgspec.json.encode((brought.whose, brought.kind))
    return hashlib.sha256(said + b"\n" + brought.content).digest()


def _headers(name: str, *, again: bool = False) -> dict[str, str]:
    found = {RECEIPT_HEADER: name} if name else {}
    return found | ({REPLAYED_HEADER: "true"} if again else {})


def _written(outcome: Outcome, what: str) -> tuple[int, str, bytes]:
    """Answer 202 if anything was accepted or all of it left out, otherwise 422 with the verdicts."""
    if outcome.accepted or (outcome.ignored is not None and not outcome.rejected):
        receipt = Receipt(outcome.accepted, outcome.rejected, outcome.duplicates)
        if outcome.ignored is not None:
            receipt = PointReceipt(outcome.accepted, outcome.rejected, outcome.duplicates, outcome.ignored)
        return HTTPStatus.ACCEPTED.value, _JSON, msgspec.json.encode(receipt)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    detail = f"no {what} was accepted, {len(outcome.rejected)} were refused"
    body = NothingAccepted(status.phrase, status.value, detail, rejected=outcome.rejected)
    return status.value, MEDIA_TYPE, msgspec.json.encode(body)
