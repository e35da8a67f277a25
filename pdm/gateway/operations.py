"""What the API offers, operation by operation, for its description."""

from typing import Any

from msgspec import Struct

from pdm.gateway.health import Health
from pdm.gateway.history import KINDS, ReadingsPage
from pdm.gateway.last import LastPayload
from pdm.gateway.late import LatePage
from pdm.gateway.parameters import AGGREGATES, MOST_POINTS
from pdm.gateway.problems import NothingAccepted, Problem
from pdm.gateway.queries import AssetDetail, EventDetail
from pdm.gateway.sources import Ended
from pdm.receipts.kept import ReceiptDetail, ReceiptLine
from pdm.records.advice import Advice
from pdm.records.decision import Decision, EventDecision
from pdm.records.event import Event, Severity
from pdm.records.posted import Reading
from pdm.records.reading import NAME, Receipt
from pdm.records.status import AssetStatus
from pdm.records.waveform import PostedWaveform
from pdm.store.protocol import MAX_LIMIT, Page, View

Parameter = dict[str, Any]


class Operation(Struct, frozen=True):
    """One method of one path.

    summary : its first line ends where people look; detail : the rest
    body    : media type -> type of the content, "text" or "binary" if it is no JSON, None if it takes none
    answers : status -> type of the content; "text" and "html" where it is no JSON, None where there is none
    also    : other media types in which 200 may come, if Accept says so
    """

    method: str
    path: str
    summary: str
    answers: dict[int, Any]
    detail: str = ""
    body: dict[str, Any] | None = None
    parameters: tuple[Parameter, ...] = ()
    also: tuple[str, ...] = ()


def _text(where: str, name: str, about: str, **schema: Any) -> Parameter:
    return {
        "name": name,
        "in": where,
        "required": where == "path",
        "description": about,
        "schema": {"type": "string", **schema},
    }


def _query(name: str, about: str, **schema: Any) -> Parameter:
    return _text("query", name, about, **schema)


_NAMED = {"pattern": NAME}
_HEADERS = (
    _text("header", "PDM-Source", 'Who delivers; "default" unless said.', **_NAMED),
    _text("header", "PDM-Run", "Namespace of a replay run; the live plant unless said.", **_NAMED),
    _text(
        "header", "PDM-Lateness", "Seconds a reading may come behind a newer one; 0 where all is in order."
    ),
    _text("header", "PDM-Class", "Class of the machines that the plant file does not name.", **_NAMED),
)
_KEY = _text(
    "header",
    "Idempotency-Key",
    "Your name for this request: for 24 hours a repeat is answered as before, and delivers nothing.",
    pattern="^[\\x21-\\x7e]{1,255}$",
)
_DESCRIBED = tuple(
    _text("header", name, f"Of a binary body: {about}")
    for name, about in (
        ("PDM-Asset", "the machine."),
        ("PDM-Channel", "the signal."),
        ("PDM-Time", "of the first sample, RFC 3339."),
        ("PDM-Sampling-Rate", "samples a second."),
        ("PDM-Unit", "of acceleration or velocity."),
    )
)
_RUN = _query("run", "Namespace of a replay run; the live plant unless said.")
_ASSET = _query("asset", "One machine only.")
_PERIOD = (
    _query("since", "Data time, RFC 3339: this or later.", format="date-time"),
    _query("until", "Data time, RFC 3339: before this.", format="date-time"),
)
_PAGING = (
    _query("cursor", "`next` of the page before."),
    _query("limit", "Items of a page; 100 unless said.", type="integer", minimum=1, maximum=MAX_LIMIT),
)
_EVENTS = (
    _query("severity", "May be there several times.", enum=[str(severity) for severity in Severity]),
    _query("open", "Only what is not cleared.", type="boolean"),
    _query(
        "view", "One line an alarm, every revision, or a feed to follow.", enum=[str(view) for view in View]
    ),
)
_ANY_QUERY = {400: Problem, 503: Problem}

DOOR = (
    Operation(
        "POST",
        "/v1/readings",
        "Deliver readings",
        {202: Receipt, 400: Problem, 413: Problem, 415: Problem, 422: NothingAccepted, 503: Problem},
        "An object, an array, or one object a line; gzip if you like; at most 16 MiB. Each reading has a "
        "verdict of its own: good ones are kept whatever is wrong beside them. 202 comes when the broker has "
        "all that was accepted. After 503, or no answer, send the same again: repeats change nothing.",
        {"application/json": Reading | list[Reading], "application/x-ndjson": Reading},
        (*_HEADERS, _KEY),
    ),
    Operation(
        "POST",
        "/v1/waveforms",
        "Deliver raw vibration",
        {202: Receipt, 400: Problem, 413: Problem, 415: Problem, 422: NothingAccepted, 503: Problem},
        "An object, an array, or float32 samples (little-endian) that headers describe. 256 to 1,048,576 "
        "samples each, 1 Hz to 200 kHz, acceleration or velocity. Verdicts as for readings.",
        {"application/json": PostedWaveform | list[PostedWaveform], "application/octet-stream": "binary"},
        (*_HEADERS, _KEY, *_DESCRIBED),
    ),
    Operation(
        "GET",
        "/v1/receipts",
        "List receipts of the last day",
        {200: Page[ReceiptLine], 400: Problem},
        "Of requests with a refusal or an Idempotency-Key, the latest first.",
        parameters=(
            _query("source", "One source only."),
            _query("since", "Answered then or later, RFC 3339.", format="date-time"),
            *_PAGING,
        ),
    ),
    Operation(
        "GET",
        "/v1/receipts/{id}",
        "Show a receipt with its verdicts",
        {200: ReceiptDetail, 404: Problem},
        "The id is what the answer said in its header PDM-Receipt.",
        parameters=(_text("path", "id", "Its id."),),
    ),
    Operation(
        "GET",
        "/v1/sources/{source}/last",
        "Show what a source sent last, and its verdict",
        {200: LastPayload, 404: Problem},
        "The first 4 KiB of it, since the gateway started.",
        parameters=(_text("path", "source", "The source.", **_NAMED),),
    ),
    Operation(
        "POST",
        "/v1/sources/{source}/end",
        "Say that machines deliver nothing more up to a time",
        {202: Ended, 400: Problem, 413: Problem, 422: Problem, 503: Problem},
        "Assets and their last data times, RFC 3339. Their frames up to then close at once.",
        {"application/json": dict[str, str]},
        (_text("path", "source", "The source that has ended.", **_NAMED), *_HEADERS[1:]),
    ),
    Operation(
        "POST",
        "/v1/backfill",
        "Load old readings into the history",
        {202: Receipt, 400: Problem, 413: Problem, 415: Problem, 422: NothingAccepted, 503: Problem},
        "As POST /v1/readings, with the same verdicts, but past all alarms: for what was recorded elsewhere. "
        "The same readings again change nothing; where a live reading is there, it stays.",
        {"application/json": Reading | list[Reading], "application/x-ndjson": Reading},
        _HEADERS,
    ),
    Operation("GET", "/healthz", "Is the process alive?", {200: Health}),
    Operation("GET", "/readyz", "Can readings be taken?", {200: Health, 503: Problem}),
    Operation("GET", "/metrics", "Metrics of all processes, for Prometheus", {200: "text"}),
    Operation("GET", "/openapi.json", "This description", {200: dict[str, Any]}),
    Operation("GET", "/", "A page with links, for people", {200: "html"}),
)
"""What is there always."""

QUERIES = (
    Operation(
        "GET",
        "/v1/assets",
        "List machines",
        {200: Page[AssetStatus], **_ANY_QUERY},
        parameters=(_RUN, *_PAGING),
    ),
    Operation(
        "GET",
        "/v1/assets/{asset}",
        "Show where one machine stands",
        {200: AssetDetail, 404: Problem, **_ANY_QUERY},
        parameters=(_text("path", "asset", "Its name."), _RUN),
    ),
    Operation(
        "GET",
        "/v1/events",
        "List events",
        {200: Page[Event], **_ANY_QUERY},
        parameters=(_RUN, _ASSET, *_EVENTS, *_PERIOD, *_PAGING),
    ),
    Operation(
        "GET",
        "/v1/events/{id}",
        "Show an event with all its revisions and the advice on it",
        {200: EventDetail, 404: Problem, **_ANY_QUERY},
        parameters=(_text("path", "id", "Its id."), _RUN),
    ),
    Operation(
        "GET",
        "/v1/advice",
        "List advice",
        {200: Page[Advice], **_ANY_QUERY},
        parameters=(_RUN, _ASSET, _query("event", "On one event only."), *_PERIOD, *_PAGING),
    ),
)
"""What is there where a store is configured."""

HISTORY = (
    Operation(
        "GET",
        "/v1/assets/{asset}/readings",
        "Read the history of one machine",
        {200: ReadingsPage, 400: Problem, 503: Problem},
        "Readings, or with a step their averages; SI. What is some seconds old is there. CSV and Parquet "
        "have the cursor of the next page in the header PDM-Next.",
        parameters=(
            _text("path", "asset", "Its name."),
            _query("from", "Data time, RFC 3339: this or later; an hour before `to` unless said."),
            _query("to", "Data time, RFC 3339: before this; now unless said."),
            _query("channel", "May be there several times; all unless said."),
            _query("step", "Width of the buckets, such as 10s, 1m, 1h or 1d."),
            _query(
                "agg", "Of each step; may be there several times; mean unless said.", enum=list(AGGREGATES)
            ),
            _RUN,
            _query("cursor", "`next` of the page before."),
            _query("limit", "Readings of a page; 10,000 unless said.", type="integer", maximum=MOST_POINTS),
        ),
        also=tuple(KINDS),
    ),
    Operation(
        "GET",
        "/v1/assets/{asset}/decision",
        "Why was there an alarm at an instant, or none?",
        {200: Decision, 400: Problem, 404: Problem, 503: Problem},
        "The frame is judged again from the history, as it was judged then: data, run state, scores against "
        "limits, delays, and the stage that said no. What is some seconds old is known.",
        parameters=(
            _text("path", "asset", "Its name."),
            _query("time", "Data time, RFC 3339; now unless said."),
            _RUN,
        ),
    ),
)
"""What is there where a history is written."""

DECISIONS = (
    Operation(
        "GET",
        "/v1/events/{id}/decision",
        "Show the decision record of an alarm",
        {200: EventDecision, 400: Problem, 404: Problem, 503: Problem},
        "Its raise as recorded, and judged again from the history; `same` says whether they are equal.",
        parameters=(_text("path", "id", "Of the event."), _RUN),
    ),
    Operation(
        "GET",
        "/v1/assets/{asset}/late",
        "List readings of one machine that came too late",
        {200: LatePage, 400: Problem, 404: Problem, 503: Problem},
        "Each with the frame that had closed without it, and the events that were open at its time; SI. "
        "What is some seconds old is there.",
        parameters=(
            _text("path", "asset", "Its name."),
            _query("from", "Data time, RFC 3339: this or later; an hour before `to` unless said."),
            _query("to", "Data time, RFC 3339: before this; now unless said."),
            _query("channel", "May be there several times; all unless said."),
            _RUN,
            _query("limit", "The first so many by time; all unless said.", type="integer", maximum=MAX_LIMIT),
        ),
    ),
)
"""What is there where a store and a history are."""

BACKLOG = (
    Operation(
        "GET",
        "/v1/backlog",
        "Show what each stage has still to do",
        {200: dict[str, int], 503: Problem},
        "Messages by stage; all zero means that everything delivered so far has been seen.",
    ),
)
"""What is there where there is a broker to ask."""
