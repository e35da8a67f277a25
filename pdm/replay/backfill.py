"""Recorded files into the history of a running service, request by request, past all alarms."""

import time
from collections import Counter
from collections.abc import Iterable, Sequence

import httpx
import msgspec
from msgspec import Struct

from pdm.records.reading import Receipt, Rejection
from pdm.replay.live import TIMEOUT_S, TRIES, Progress, ReplayError
from pdm.replay.recording import Request

SHOWN = 5
"""Refused readings that are told one by one."""


class Imported(Struct, frozen=True):
    """What became of an import.

    reasons  : why readings were refused, and how many
    examples : details of the first of them
    """

    files: int
    readings: int
    accepted: int
    rejected: int
    reasons: dict[str, int]
    examples: list[str]
    seconds: float


def deliver(
    url: str, run: str, files: Sequence[tuple[str, str, Iterable[Request]]], progress: Progress
) -> Imported:
    """Deliver files to the service at `url`.

    files : name, class of the machines that the plant file does not name, and requests of each
    raises ReplayError where the service does not take them
    """
    began, sent, accepted = time.monotonic(), 0, 0
    reasons, examples = Counter[str](), list[str]()
    with httpx.Client(base_url=url, timeout=TIMEOUT_S) as client:
        for number, (name, machine_class, requests) in enumerate(files, start=1):
            headers = {"PDM-Source": "import", "PDM-Run": run, "PDM-Class": machine_class}
            said = {key: value for key, value in headers.items() if value}
            for request in requests:
                receipt = _post(client, request.body, said)
                sent, accepted = sent + request.readings, accepted + receipt.accepted
                reasons.update(str(one.reason) for one in receipt.rejected)
                examples += [_told(name, one) for one in receipt.rejected[: SHOWN - len(examples)]]
                progress(f"{number}/{len(files)} {name}: {accepted:,} accepted, {sent - accepted:,} refused")
    return Imported(
        files=len(files),
        readings=sent,
        accepted=accepted,
        rejected=sent - accepted,
        reasons=dict(reasons),
        examples=examples,
        seconds=round(time.monotonic() - began, 3),
    )


def _post(client: httpx.Client, body: bytes, headers: dict[str, str]) -> Receipt:
    """Post until the service has taken it; 503 says when to come again, 422 that no reading was good."""
    for _ in range(TRIES):
        try:
            response = client.post(
                "/v1/backfill", content=body, headers={**headers, "Content-Type": "application/json"}
            )
        except httpx.HTTPError as error:
            raise ReplayError(f"nothing answers at {client.base_url}: {error}") from None
        if response.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            break
        time.sleep(float(response.headers.get("Retry-After", "1")))
    if response.status_code not in {httpx.codes.ACCEPTED, httpx.codes.UNPROCESSABLE_ENTITY}:
        raise ReplayError(f"/v1/backfill: {response.status_code} {response.text[:300]}")
    return msgspec.json.decode(response.content, type=Receipt)


def _told(name: str, rejection: Rejection) -> str:
    return f"{name}: {rejection.reason}: {rejection.detail}"
