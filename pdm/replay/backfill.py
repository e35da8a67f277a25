"""Recorded files into the history of a running service, request by request, past all alarms."""

import time
from collections import Counter
from collections.abc import Iterable, Sequence

import httpx
import msgspec
from msgspec import Struct

from pdm.records.reading import Receipt, Rejection
from pdm.replay.live import TIMEOUT_S, Progress
from pdm.replay.posting import post
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
                answer = post(client, "/v1/backfill", request.body, said)
                receipt = msgspec.json.decode(answer, type=Receipt)
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


def _told(name: str, rejection: Rejection) -> str:
    return f"{name}: {rejection.reason}: {rejection.detail}"
