"""Query parameters as people write them, turned into the store's queries."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct
from starlette.datastructures import QueryParams

from pdm.history.query import Query
from pdm.history.steps import step_ns
from pdm.instant import nanoseconds
from pdm.records.event import Severity
from pdm.store.protocol import (
    MAX_LIMIT,
    AdviceQuery,
    AssetQuery,
    EventQuery,
    MaintenanceQuery,
    RulesQuery,
    View,
)

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

PAGING = ("cursor", "limit")
AGGREGATES = ("mean", "min", "max", "last", "count")
"""What may be asked of a step."""
MOST_POINTS = 100_000
"""Readings of the largest page."""
_HOUR_NS = 3_600 * 10**9
_FAR = 2**63


class ParameterError(ValueError):
    """A query parameter is not known, is there twice, or has a value that cannot be used."""


Within = tuple[str, ...] | None
"""The machines that the asker may see; None for all."""


def event_query(parameters: QueryParams, within: Within = None) -> EventQuery:
    """Read asset, run, severity (may repeat), open, since, until, view; raises ParameterError."""
    _only(parameters, "asset", "run", "severity", "open", "since", "until", "view", repeated=("severity",))
    severities = [_one_of(Severity, "severity", text) for text in parameters.getlist("severity")]
    return EventQuery(
        run=parameters.get("run", ""),
        asset=parameters.get("asset"),
        within=within,
        severities=tuple(sorted(set(severities), key=list(Severity).index)),
        open_only=_value(parameters, "open", _boolean) or False,
        since_ns=_value(parameters, "since", _instant),
        until_ns=_value(parameters, "until", _instant),
        view=_one_of(View, "view", parameters.get("view", View.ALARMS)),
    )


def advice_query(parameters: QueryParams, within: Within = None) -> AdviceQuery:
    """Read asset, run, event, since, until; raises ParameterError."""
    _only(parameters, "asset", "run", "event", "since", "until")
    return AdviceQuery(
        run=parameters.get("run", ""),
        asset=parameters.get("asset"),
        within=within,
        event=parameters.get("event"),
        since_ns=_value(parameters, "since", _instant),
        until_ns=_value(parameters, "until", _instant),
    )


def asset_query(parameters: QueryParams, within: Within = None) -> AssetQuery:
    """Read run; raises ParameterError."""
    _only(parameters, "run")
    return AssetQuery(run=parameters.get("run", ""), within=within)


def maintenance_query(parameters: QueryParams, within: Within = None) -> MaintenanceQuery:
    """Read run, asset, since, until; raises ParameterError."""
    _only(parameters, "asset", "run", "since", "until")
    return MaintenanceQuery(
        run=parameters.get("run", ""),
        asset=parameters.get("asset"),
        within=within,
        since_ns=_value(parameters, "since", _instant),
        until_ns=_value(parameters, "until", _instant),
    )


def rules_query(parameters: QueryParams) -> RulesQuery:
    """Read name; raises ParameterError."""
    _only(parameters, "name")
    return RulesQuery(name=parameters.get("name"))


def receipt_query(parameters: QueryParams) -> tuple[str | None, int | None]:
    """Read source and since; raises ParameterError."""
    _only(parameters, "source", "since")
    return parameters.get("source"), _value(parameters, "since", _instant)


def paging(parameters: QueryParams) -> tuple[str | None, int]:
    """Read cursor and limit, 1 to 1000 and 100 unless said; raises ParameterError."""
    return parameters.get("cursor"), _value(parameters, "limit", _limit) or 100


def run_alone(parameters: QueryParams) -> str:
    """Read run where nothing else may be said; raises ParameterError."""
    for name in PAGING:
        if name in parameters:
            raise ParameterError(f"{name!r} has no meaning here")
    return asset_query(parameters).run


def _only(parameters: QueryParams, *known: str, repeated: tuple[str, ...] = ()) -> None:
    for name in parameters:
        if name not in (*known, *PAGING):
            raise ParameterError(f"unknown parameter {name!r}: there are {', '.join((*known, *PAGING))}")
        if name not in repeated and len(parameters.getlist(name)) > 1:
            raise ParameterError(f"parameter {name!r} is there twice")


def _value(parameters: QueryParams, name: str, parse: Callable[[str], T]) -> T | None:
    text = parameters.get(name)
    if text is None:
        return None
    try:
        return parse(text)
    except (ValueError, OverflowError) as error:
        raise ParameterError(f"{name}: {error}") from error


def _one_of(kind: type[E], name: str, text: str) -> E:
    try:
        return kind(text)
    except ValueError as error:
        raise ParameterError(f"{name}: {text!r} is none of {', '.join(kind)}") from error


def _boolean(text: str) -> bool:
    if text.lower() not in {"true", "false", "1", "0"}:
        raise ValueError(f"{text!r} is neither true nor false")
    return text.lower() in {"true", "1"}


def _instant(text: str) -> int:
    """Read an instant, also one whose + the URL has made a space."""
    head, space, offset = text.rpartition(" ")
    found = nanoseconds(f"{head}+{offset}" if space and "T" in head else text)
    if not -_FAR <= found < _FAR:
        raise ValueError(f"{text!r} is too far away")
    return found


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MAX_LIMIT:
        raise ValueError(f"{text[:20]!r} is not a number from 1 to {MAX_LIMIT}")
    return int(text)


def decision_time(parameters: QueryParams, now_ns: int) -> tuple[int, str]:
    """Read the instant asked about, now unless said, in ns, and the run; raises ParameterError."""
    _only(parameters, "time", "run")
    time = _value(parameters, "time", _instant)
    return now_ns if time is None else time, parameters.get("run", "")


class HistoryQuestion(Struct, frozen=True):
    """Which readings, which averages of them ("mean" first where nothing is said), and how many at most."""

    query: Query
    aggregates: tuple[str, ...]
    limit: int


def history_question(parameters: QueryParams, asset: str, now_ns: int) -> HistoryQuestion:
    """Read from, to, channel and agg (may repeat), step, run, cursor, limit; the last hour unless said.

    raises ParameterError
    """
    _only(parameters, "from", "to", "channel", "run", "step", "agg", repeated=("channel", "agg"))
    end = _value(parameters, "to", _instant)
    end = now_ns if end is None else end
    begin = _value(parameters, "from", _instant)
    begin = end - _HOUR_NS if begin is None else begin
    if begin >= end:
        raise ParameterError("from: must be before to")
    cursor = _value(parameters, "cursor", _instant)
    step = _value(parameters, "step", step_ns)
    aggregates = tuple(dict.fromkeys(_listed(parameters, "agg")))
    unknown = [name for name in aggregates if name not in AGGREGATES]
    if unknown:
        raise ParameterError(f"agg: {unknown[0][:20]!r} is none of {', '.join(AGGREGATES)}")
    if aggregates and step is None:
        raise ParameterError("agg: needs a step such as 1m")
    query = Query(
        begin_ns=begin if cursor is None else max(begin, cursor),
        end_ns=end,
        assets=(asset,),
        channels=tuple(_listed(parameters, "channel")),
        run=parameters.get("run", ""),
        step_ns=step,
    )
    limit = _value(parameters, "limit", _points) or MOST_POINTS // 10
    return HistoryQuestion(query, aggregates or (("mean",) if step else ()), limit)


def _listed(parameters: QueryParams, name: str) -> list[str]:
    return [part for text in parameters.getlist(name) for part in text.split(",") if part]


def _points(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MOST_POINTS:
        raise ValueError(f"{text[:20]!r} is not a number from 1 to {MOST_POINTS}")
    return int(text)
