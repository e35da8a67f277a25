"""Waits until the chain has eaten all that was delivered, judged by what its processes and its API say.

Kafka's committed offsets do not tell: a worker goes on from the cursor in its own state, and what it
acknowledges may stay behind after it had to go back.
"""

import time
from collections.abc import Callable, Mapping

import httpx
import msgspec
from prometheus_client.parser import text_string_to_metric_families

from pdm.errors import PdmError
from pdm.instant import nanoseconds
from pdm.records.status import AssetStatus
from pdm.store.protocol import MAX_LIMIT, Page

STAGES = ("align", "monitor", "advisor", "recorder")
LAG = "pdm_lag_messages"
PATIENCE_S, LOOK_EVERY_S = 120.0, 0.4
QUIET_LOOKS = 3
"""Looks in a row at which nothing may be left: what one stage has just sent, the next must have noticed."""


class UnsettledError(PdmError):
    """The chain has stopped moving before it was done."""


def behind(client: httpx.Client, metrics: Mapping[str, str], end_ns: int) -> dict[str, int]:
    """Count what is left: messages by stage, and machines whose last frame is before `end_ns`.

    metrics : HOST:PORT of each stage's metrics; a stage that does not answer counts as one message
    """
    left = {stage: _lag(client, metrics[stage]) for stage in STAGES if stage in metrics}
    return {**left, "machines": _late(client, end_ns)}


def settle(
    look: Callable[[], Mapping[str, int]],
    pause: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Look until nothing is left, several times in a row; as long as it moves, there is no hurry.

    raises UnsettledError where nothing has moved for PATIENCE_S
    """
    moved, left, quiet = clock(), look(), 0
    while (quiet := quiet + 1 if not any(left.values()) else 0) < QUIET_LOOKS:
        if clock() - moved > PATIENCE_S:
            raise UnsettledError(f"nothing moves any more; left: {dict(left)}")
        pause(LOOK_EVERY_S)
        before, left = left, look()
        if left != before:
            moved = clock()


def _lag(client: httpx.Client, where: str) -> int:
    try:
        text = client.get(f"http://{where}/metrics").raise_for_status().text
    except httpx.HTTPError:
        return 1
    families = [family for family in text_string_to_metric_families(text) if family.name == LAG]
    return round(sum(sample.value for family in families for sample in family.samples))


def _late(client: httpx.Client, end_ns: int) -> int:
    """Count the machines of the API that are not yet at the end; an API without any has one to come."""
    late, seen, cursor = 0, 0, None
    while True:
        asked = {"limit": str(MAX_LIMIT), **({} if cursor is None else {"cursor": cursor})}
        try:
            answer = client.get("/v1/assets", params=asked).raise_for_status()
        except httpx.HTTPError:
            return 1
        page = msgspec.json.decode(answer.content, type=Page[AssetStatus])
        seen += len(page.items)
        late += sum(nanoseconds(status.time) < end_ns for status in page.items)
        cursor = page.next
        if cursor is None:
            return late if seen else 1
