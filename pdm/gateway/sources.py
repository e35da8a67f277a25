"""POST /v1/sources/{source}/end: machines that deliver nothing more up to a time; their frames close."""

import re
import time
from collections.abc import Callable
from http import HTTPStatus

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from pdm.chain.acquisition.admit import AHEAD_NS
from pdm.chain.acquisition.clock import closing
from pdm.chain.acquisition.times import instants
from pdm.gateway import body
from pdm.gateway.flush import Flusher
from pdm.gateway.guard import grant_of
from pdm.gateway.problems import HttpError
from pdm.gateway.sender import sender
from pdm.gateway.silence import Silence
from pdm.plant.lookup import class_of
from pdm.plant.spec import Plant
from pdm.records.block import Machine
from pdm.records.reading import NAME


class Ended(Struct, frozen=True):
    """How many machines were told to have ended."""

    machines: int


class Sources:
    """The door for what sources say about themselves."""

    def __init__(
        self, plant: Plant, flusher: Flusher, silence: Silence, clock_ns: Callable[[], int] = time.time_ns
    ) -> None:
        self._plant, self._flusher, self._silence, self._clock_ns = plant, flusher, silence, clock_ns

    async def end(self, request: Request) -> Response:
        """Say that machines deliver nothing more up to a time: {"asset": "2026-01-01T00:00:00Z", ...}.

        Their frames up to that time close at once; send the same headers as with the readings.
        """
        grant = grant_of(request)
        whose = sender(request.headers, self._plant, grant, request.path_params["source"])
        ends = self._ends(await body.read(request))
        if beyond := next((asset for asset in ends if not grant.reaches(asset)), None):
            raise HttpError(HTTPStatus.FORBIDDEN, f"this key does not reach machine {beyond}")
        lateness_ns, frame_ns = whose.source.lateness_ns, self._plant.frame_ns
        frontiers = {
            Machine(asset, class_of(self._plant, asset, whose.machine_class)): closing(
                ns, frame_ns, lateness_ns
            )
            for asset, ns in ends.items()
        }
        if frontiers:
            await self._flusher.close_frames(whose.source, frontiers)
            self._silence.forget(whose.source, ends)
        return Response(
            msgspec.json.encode(Ended(len(ends))), HTTPStatus.ACCEPTED, media_type="application/json"
        )

    def _ends(self, content: bytes) -> dict[str, int]:
        """Read the last times in ns; all of them, or none."""
        try:
            said = msgspec.json.decode(content, type=dict[str, str])
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            raise _wrong(
                'the body must be an object of assets and last times: {"asset": "RFC 3339"}'
            ) from None
        if bad := next((asset for asset in said if not re.fullmatch(NAME, asset)), None):
            raise _wrong(f"asset {bad[:40]!r}: 1 to 128 of letters, digits, . _ - are allowed")
        ns, readable = instants(list(said.values()))
        latest = self._clock_ns() + AHEAD_NS
        ends = dict(zip(said, ns.tolist(), strict=True))
        for (asset, time_ns), good in zip(ends.items(), readable.tolist(), strict=True):
            if not good or not 0 <= time_ns <= latest:
                raise _wrong(f"the last time of {asset} is no RFC 3339 instant with a zone, or far from now")
        return ends


def _wrong(detail: str) -> HttpError:
    return HttpError(HTTPStatus.UNPROCESSABLE_ENTITY, detail)
