"""Recorded files through the real pipeline: over HTTP into Kafka, and back from the API."""

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import httpx
import msgspec

from pdm.broker.backlog import settle
from pdm.instant import rfc3339
from pdm.records.advice import Advice
from pdm.records.event import Event
from pdm.records.reading import Receipt
from pdm.replay.posting import ReplayError, post
from pdm.replay.recording import Recording, requests
from pdm.replay.result import Summary, alarms
from pdm.store.protocol import Page

Progress = Callable[[str], None]
T = TypeVar("T")
TIMEOUT_S = 60.0


def replay(
    url: str, run: str, recordings: Sequence[Recording], progress: Progress, key: str = ""
) -> tuple[Summary, list[Event]]:
    """Deliver recordings to the service at `url`, wait until all of it was judged, and fetch the events.

    Each file is an in-order source of its own; its end closes its last frames. `key` is an API key, an
    admin's, since it delivers and reads.
    """
    began, readings, accepted = time.monotonic(), 0, 0
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with httpx.Client(base_url=url, timeout=TIMEOUT_S, headers=headers) as client:
        for number, recording in enumerate(recordings, start=1):
            progress(f"{number}/{len(recordings)} {recording.asset}")
            delivered, taken = _deliver(client, run, recording)
            readings, accepted = readings + delivered, accepted + taken
        progress("waiting until all of it was judged")
        settle(lambda: msgspec.json.decode(_answer(client, "/v1/backlog", {}), type=dict[str, int]))
        events = _all(client, "/v1/events", {"run": run, "view": "revisions"}, Page[Event])
        advice = _all(client, "/v1/advice", {"run": run}, Page[Advice])
    seconds = time.monotonic() - began
    summary = Summary(
        via="kafka",
        run=run,
        files=len(recordings),
        readings=readings,
        accepted=accepted,
        rejected=readings - accepted,
        events=len(events),
        alarms=alarms(events),
        advice=len(advice),
        seconds=round(seconds, 3),
        readings_per_s=round(accepted / seconds),
    )
    return summary, events


def _deliver(client: httpx.Client, run: str, recording: Recording) -> tuple[int, int]:
    """Post one file, request by request, then its end; returns readings sent and accepted."""
    headers = {"PDM-Source": recording.asset, "PDM-Run": run, "PDM-Lateness": "0"}
    if recording.layout.machine_class:
        headers["PDM-Class"] = recording.layout.machine_class
    sent = taken = newest = 0
    for request in requests(recording):
        answer = post(client, "/v1/readings", request.body, headers)
        receipt = msgspec.json.decode(answer, type=Receipt)
        sent, taken, newest = sent + request.readings, taken + receipt.accepted, request.newest_ns
    if sent:
        end = msgspec.json.encode({recording.asset: rfc3339(newest)})
        post(client, f"/v1/sources/{recording.asset}/end", end, headers)
    return sent, taken


def _answer(client: httpx.Client, path: str, parameters: dict[str, str]) -> bytes:
    response = client.get(path, params=parameters)
    if response.status_code != httpx.codes.OK:
        raise ReplayError(f"{path}: {response.status_code} {response.text[:300]}")
    return response.content


def _all(client: httpx.Client, path: str, parameters: dict[str, str], kind: type[Page[T]]) -> list[T]:
    """Fetch a list, page by page."""
    found: list[T] = []
    cursor: str | None = None
    while True:
        paging = {"limit": "1000", **({"cursor": cursor} if cursor else {})}
        page = msgspec.json.decode(_answer(client, path, {**parameters, **paging}), type=kind)
        found += page.items
        cursor = page.next
        if cursor is None:
            return found
