"""GET /v1/assets/{asset}/decision and /v1/events/{id}/decision: why there was an alarm, or none."""

import time
from collections.abc import Callable
from functools import cached_property
from http import HTTPStatus
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pdm.errors import NotKnownError
from pdm.gateway.guard import grant_of
from pdm.gateway.parameters import ParameterError, decision_time, run_alone
from pdm.gateway.problems import problem, unavailable
from pdm.history.manifest import HistoryError
from pdm.instant import nanoseconds
from pdm.records.decision import Decision, EventDecision
from pdm.store.errors import StoreError
from pdm.store.protocol import Store

if TYPE_CHECKING:
    from pdm.why.ask import Inquirer

Answer = Callable[[Request], Decision | EventDecision]


class Decisions:
    """Judges instants again, one question at a time in a thread each."""

    def __init__(self, folder: Path, store: Store | None, clock_ns: Callable[[], int] = time.time_ns) -> None:
        self._folder, self._store, self._clock_ns = folder, store, clock_ns

    @cached_property
    def _inquirer(self) -> "Inquirer":
        """Bring the detectors in with the first question: the door itself opens without them."""
        return inquirer(self._folder)

    def routes(self) -> list[Route]:
        """Return the routes; alarms are asked about where there is a store that knows them."""
        answers: dict[str, Answer] = {"/v1/assets/{asset}/decision": self._of_asset}
        if self._store is not None:
            answers["/v1/events/{id}/decision"] = self._of_event
        return [Route(path, self._endpoint(answer), methods=["GET"]) for path, answer in answers.items()]

    def _of_asset(self, asked: Request) -> Decision:
        asset = asked.path_params["asset"]
        time_ns, run = decision_time(asked.query_params, self._clock_ns())
        if not grant_of(asked).reaches(asset):
            raise NotKnownError("no such machine, or none that the key reaches")
        return self._inquirer.decide(asset, time_ns, run)

    def _of_event(self, asked: Request) -> EventDecision:
        run, name = run_alone(asked.query_params), asked.path_params["id"]
        revisions = self._store.event(run, name) if self._store else ()
        if not revisions or not grant_of(asked).reaches(revisions[0].asset):
            raise NotKnownError("no such event, or none that the key reaches")
        recorded = revisions[0]
        found = self._inquirer.decide(recorded.asset, nanoseconds(recorded.time), run)
        return EventDecision(recorded, found, found.event == recorded)

    @staticmethod
    def _endpoint(answer: Answer) -> Callable[[Request], object]:
        async def endpoint(request: Request) -> Response:
            try:
                found = await run_in_threadpool(answer, request)
            except NotKnownError as error:
                return problem(HTTPStatus.NOT_FOUND, str(error))
            except ParameterError as error:
                return problem(HTTPStatus.BAD_REQUEST, str(error))
            except (HistoryError, StoreError) as error:
                return unavailable(str(error))
            return Response(msgspec.json.encode(found), media_type="application/json")

        return endpoint


def inquirer(folder: Path) -> "Inquirer":
    """Return what judges again; importing it takes a second or two, which a start must not."""
    made: Inquirer = import_module("pdm.why.ask").Inquirer(folder)
    return made
