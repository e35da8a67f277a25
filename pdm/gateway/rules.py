"""Rule packs over HTTP: judged at the door, held against what is in force, and put there."""

from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from uuid import uuid4

import msgspec
from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pdm.broker.topics import CONTROL
from pdm.errors import RulesError
from pdm.gateway import body
from pdm.gateway.guard import grant_of
from pdm.gateway.maintenance import decoded
from pdm.gateway.operations import QUERIES, Operation
from pdm.gateway.outlet import Outgoing, Outlet
from pdm.gateway.parameters import paging, rules_query
from pdm.gateway.problems import HttpError, Problem
from pdm.gateway.queries import NotFoundError, endpoint_of
from pdm.instant import rfc3339
from pdm.plant.spec import Plant
from pdm.records.block import Channel
from pdm.records.control import LOOPBACK, RulesChange
from pdm.records.posted_control import PostedRules
from pdm.rules.changes import RuleChange, Signal, applied, changes, contradictions, declared, idle
from pdm.rules.pack import Pack
from pdm.rules.read import parse
from pdm.rules.rulebook import Rulebook
from pdm.store.protocol import MAX_LIMIT, AssetQuery, Page, RulesQuery, Store


class RulesLine(Struct, frozen=True):
    """One version of a pack that was put in force, by whom and when.

    in_force : whether it still is; source, author, date: as the pack says
    rules    : how many there are in it
    """

    id: str
    name: str
    version: str
    who: str
    time: str
    note: str
    in_force: bool
    source: str
    author: str
    date: str
    rules: int
    sha256: str


class RulesDetail(RulesLine, frozen=True, kw_only=True):
    """The same, with the pack itself."""

    toml: str


class RulesDiff(Struct, frozen=True):
    """What a pack would change against what is in force.

    idle : places of rules, from 1, that no known channel fits
    """

    name: str
    version: str
    changes: tuple[RuleChange, ...]
    idle: tuple[int, ...]


class RulesDoor:
    """The door for rule packs."""

    def __init__(
        self, plant: Plant, outlet: Outlet, partitions: int, store: Store, clock_ns: Callable[[], int]
    ) -> None:
        self._plant, self._outlet, self._partitions = plant, outlet, partitions
        self._store, self._clock_ns = store, clock_ns

    async def apply(self, request: Request) -> Response:
        """Put a pack in force, in every partition.

        What is in force already is said again as it was: a partition that missed it, since the broker was
        away in the middle, gets it now, and to all others it is nothing new.
        """
        posted = decoded(await body.read(request), PostedRules)
        pack = _judged(posted)
        in_force = await run_in_threadpool(self._in_force)
        record = next((one for one in in_force if one.name == pack.name), None)
        if record is None or record.sha256 != pack.sha256:
            if record is not None and record.version == pack.version:
                detail = f"{pack.name} {pack.version} is in force with another text: give it a new version"
                raise HttpError(HTTPStatus.CONFLICT, detail)
            await run_in_threadpool(self._check, in_force, pack)
            record = self._record(pack, in_force, grant_of(request).name or LOOPBACK, posted.note)
        content = msgspec.msgpack.encode(record)
        key = pack.name.encode()
        await self._outlet.put([Outgoing(CONTROL, p, content, key) for p in range(self._partitions)])
        line = msgspec.json.encode(_line(record, {record.id}))
        return Response(line, HTTPStatus.ACCEPTED.value, media_type="application/json")

    def _record(self, pack: Pack, in_force: Sequence[RulesChange], who: str, note: str) -> RulesChange:
        """Write the record of a pack, later than all before it also where the clock was set back."""
        when = max([self._clock_ns(), *(one.when + 1 for one in in_force)])
        return RulesChange(str(uuid4()), who, when, pack.name, pack.version, pack.sha256, pack.toml, note)

    async def diff(self, request: Request) -> Response:
        """Say what a pack would change, and change nothing."""
        pack = _judged(decoded(await body.read(request), PostedRules))
        found = await run_in_threadpool(self._diff, pack)
        return Response(msgspec.json.encode(found), media_type="application/json")

    def listed(self, request: Request) -> Page[RulesLine]:
        """List what was put in force, the latest first."""
        query, page = rules_query(request.query_params), paging(request.query_params)
        found, current = self._store.rules(query, *page), {one.id for one in self._in_force()}
        return Page(tuple(_line(one, current) for one in found.items), found.next)

    def shown(self, request: Request) -> RulesDetail:
        """Show the version of a pack that is in force."""
        name = request.path_params["name"]
        found = next((one for one in self._in_force() if one.name == name), None)
        if found is None:
            raise NotFoundError(f"no pack {name!r} is in force")
        return RulesDetail(**msgspec.structs.asdict(_line(found, {found.id})), toml=found.toml)

    def _in_force(self) -> list[RulesChange]:
        """Return the newest version of each pack, the one that was applied last at the end."""
        newest: dict[str, RulesChange] = {}
        cursor: str | None = None
        while True:
            page = self._store.rules(RulesQuery(), cursor, MAX_LIMIT)
            for one in page.items:
                newest.setdefault(one.name, one)
            cursor = page.next
            if cursor is None:
                return sorted(newest.values(), key=lambda one: (one.when, one.id))

    def _signals(self) -> list[Signal]:
        """List every channel that is declared, and every one that has been heard of."""
        found = list(declared(self._plant))
        cursor: str | None = None
        while True:
            page = self._store.assets(AssetQuery(), cursor, MAX_LIMIT)
            for status in page.items:
                for one in status.channels:
                    channel = Channel(one.channel, one.quantity, one.unit)
                    known = Signal(status.asset, status.machine_class, channel, one.shown_unit)
                    found += [] if _is_declared(self._plant, known) else [known]
            cursor = page.next
            if cursor is None:
                return found

    def _check(self, in_force: Iterable[RulesChange], pack: Pack) -> None:
        """Refuse a pack whose limits do not rise together with those below it."""
        after = Rulebook(self._plant, applied(_packs(in_force), pack))
        wrong = contradictions(after, self._signals())
        if wrong:
            raise HttpError(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(wrong[:5]))

    def _diff(self, pack: Pack) -> RulesDiff:
        packs, signals = _packs(self._in_force()), self._signals()
        before, after = Rulebook(self._plant, packs), Rulebook(self._plant, applied(packs, pack))
        self._check(self._in_force(), pack)
        told = tuple(changes(before, after, signals)), tuple(idle(pack, after, signals))
        return RulesDiff(pack.name, pack.version, *told)


def rules_routes(door: RulesDoor) -> list[Route]:
    """Return the routes of rule packs."""
    return [
        Route("/v1/rules", door.apply, methods=["POST"]),
        Route("/v1/rules", endpoint_of(door.listed), methods=["GET"]),
        Route("/v1/rules/diff", door.diff, methods=["POST"]),
        Route("/v1/rules/{name}", endpoint_of(door.shown), methods=["GET"]),
    ]


def _judged(posted: PostedRules) -> Pack:
    """Read a pack; raises HttpError 422 with the line and the reason."""
    try:
        return parse(posted.toml, "line")
    except RulesError as error:
        where = f"line {error.line}: " if error.line else ""
        raise HttpError(HTTPStatus.UNPROCESSABLE_ENTITY, f"{where}{error.problem}") from None


def _packs(in_force: Iterable[RulesChange]) -> list[Pack]:
    return [parse(one.toml, one.name) for one in in_force]


def _is_declared(plant: Plant, signal: Signal) -> bool:
    machine = plant.machines.get(signal.asset)
    return machine is not None and signal.channel.name in machine.channels


def _line(one: RulesChange, current: set[str]) -> RulesLine:
    pack = parse(one.toml, one.name)
    return RulesLine(
        id=one.id,
        name=one.name,
        version=one.version,
        who=one.who,
        time=rfc3339(one.when),
        note=one.note,
        in_force=one.id in current,
        source=pack.source,
        author=pack.author,
        date=pack.date,
        rules=len(pack.rules),
        sha256=one.sha256,
    )


_PAGING = QUERIES[0].parameters[1:]
_NAME = {**QUERIES[1].parameters[0], "name": "name", "description": "Its name."}
_ERRORS = dict.fromkeys((400, 413, 422, 503), Problem)
RULES = (
    Operation(
        "POST",
        "/v1/rules",
        "Put a rule pack in force",
        {202: RulesLine, 409: Problem, **_ERRORS},
        "Over the plant file and all packs before it, and in the place of its earlier version. A pack with a "
        "mistake is refused with the line. 202 comes when the broker has it for every partition.",
        {"application/json": PostedRules},
    ),
    Operation(
        "POST",
        "/v1/rules/diff",
        "Say what a rule pack would change, and change nothing",
        {200: RulesDiff, **_ERRORS},
        "Channel by channel, of machines that are declared or have been heard of.",
        {"application/json": PostedRules},
    ),
    Operation(
        "GET",
        "/v1/rules",
        "List rule packs that were put in force, the latest first",
        {200: Page[RulesLine], 400: Problem, 503: Problem},
        parameters=({**_NAME, "in": "query", "required": False, "description": "One pack only."}, *_PAGING),
    ),
    Operation(
        "GET",
        "/v1/rules/{name}",
        "Show the version of a rule pack that is in force",
        {200: RulesDetail, 404: Problem, 503: Problem},
        parameters=(_NAME,),
    ),
)
"""What is there where a store is configured."""
