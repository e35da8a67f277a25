"""POST /v1/waveforms: raw vibration, as JSON or as float32, answered when the broker has it."""

from collections.abc import Callable
from http import HTTPStatus

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from pdm import metrics
from pdm.access.grant import Grant
from pdm.broker.topics import WAVEFORM
from pdm.chain.acquisition.partition import partition_of
from pdm.chain.acquisition.waveform import Caught, catch, from_binary, from_json
from pdm.gateway import body
from pdm.gateway.counting import count_rejected
from pdm.gateway.desk import Brought, Desk, Outcome
from pdm.gateway.guard import grant_of
from pdm.gateway.outlet import Outgoing, Outlet
from pdm.gateway.problems import HttpError
from pdm.gateway.sender import sender
from pdm.plant.spec import Plant
from pdm.records.waveform import Waveform

BINARY = ("application/octet-stream", "application/x-pdm-waveform")
_JSON = ("", "application/json", "text/json")
DESCRIBED = ("PDM-Asset", "PDM-Channel", "PDM-Time", "PDM-Sampling-Rate", "PDM-Unit")
"""Headers that say what a binary body is."""


class Waveforms:
    """The door for waveforms."""

    def __init__(
        self, plant: Plant, outlet: Outlet, partitions: int, desk: Desk, clock_ns: Callable[[], int]
    ) -> None:
        self._plant, self._outlet, self._partitions = plant, outlet, partitions
        self._desk, self._clock_ns = desk, clock_ns

    async def post(self, request: Request) -> Response:
        """Deliver waveforms: an object or an array of them, or float32 samples described by headers."""
        grant = grant_of(request)
        whose = sender(request.headers, self._plant, grant)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in (*_JSON, *BINARY):
            raise HttpError(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                f"Content-Type must be application/json (an object or an array) or {BINARY[0]} (float32)",
            )
        said = {name: request.headers.get(name, "") for name in DESCRIBED} if kind in BINARY else {}
        described = msgspec.json.encode([kind, *said.values()]).decode()
        brought = Brought(whose, described if said else kind, await body.read(request), "waveform")
        return await self._desk.answer(request, brought, lambda: self._deliver(brought, said, grant))

    async def _deliver(self, brought: Brought, said: dict[str, str], grant: Grant) -> Outcome:
        """Judge, and return when the broker has what is good; raises BrokerError, HttpError 429."""
        found = await run_in_threadpool(self._caught, brought, said, grant)
        self._desk.throttle.take(grant, len(found.waveforms) + len(found.rejected))
        count_rejected(found.rejected)
        await self._outlet.put([self._outgoing(waveform) for waveform in found.waveforms])
        metrics.WAVEFORMS.inc(len(found.waveforms))
        return Outcome(len(found.waveforms), found.rejected)

    def _caught(self, brought: Brought, said: dict[str, str], grant: Grant) -> Caught:
        """Judge in a thread: a million samples take a while."""
        posted = iter([from_binary(brought.content, said)]) if said else from_json(brought.content)
        whose = brought.whose
        now_ns = self._clock_ns()
        entry = self._desk.newcomers, whose.source
        return catch(posted, whose.source, self._plant, now_ns, whose.machine_class, grant.reach, entry)

    def _outgoing(self, waveform: Waveform) -> Outgoing:
        partition = partition_of(waveform.asset, self._partitions)
        return Outgoing(WAVEFORM, partition, msgspec.msgpack.encode(waveform), waveform.asset.encode())
