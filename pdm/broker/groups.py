"""The consumer groups of a broker; one that has just started needs a moment to know them."""

import time
from typing import Any

from kafka.errors import CoordinatorLoadInProgressError, CoordinatorNotAvailableError

WITHIN_S = 10.0
_PAUSE_S = 0.1


def groups(client: Any, within: float = WITHIN_S) -> list[dict[str, Any]]:
    """List the groups with their states; raises KafkaError where the broker does not know them in time."""
    deadline = time.monotonic() + within
    while True:
        try:
            found: list[dict[str, Any]] = client.list_groups()
        except (CoordinatorLoadInProgressError, CoordinatorNotAvailableError):
            if time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_S)
        else:
            return found
