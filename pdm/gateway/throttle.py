"""How many readings a second each key may deliver; who is faster is told when to come again."""

import math
import time
from collections.abc import Callable
from http import HTTPStatus

from pdm.access.bucket import Bucket, take
from pdm.access.grant import Grant
from pdm.gateway.problems import HttpError
from pdm.metrics import THROTTLED


class Throttle:
    """A bucket for each key that has a limit; they are full at the start."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: dict[str, Bucket] = {}

    def take(self, grant: Grant, count: int) -> None:
        """Count readings; raises HttpError 429 where the key has delivered too many, and none is kept."""
        if not grant.rate:
            return
        now = self._clock()
        before = self._buckets.get(grant.id, Bucket(grant.burst, now))
        self._buckets[grant.id], wait = take(before, count, now, grant.rate, grant.burst)
        if wait:
            THROTTLED.inc(count)
            detail = f"more than {grant.rate:g} readings per second with this key: send the same again later"
            retry = {"Retry-After": str(max(1, math.ceil(wait)))}
            raise HttpError(HTTPStatus.TOO_MANY_REQUESTS, detail, retry)
