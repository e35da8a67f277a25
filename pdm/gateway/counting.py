"""Counts what passed the door and what did not, by quantity and by reason."""

from collections import Counter
from collections.abc import Iterable

import numpy as np

from pdm import metrics
from pdm.chain.acquisition.admit import Admission
from pdm.records.reading import Rejection


def count_accepted(found: Admission) -> None:
    """Count by quantity what is safe."""
    columns = found.columns
    counts = np.bincount(columns.channel, minlength=len(columns.channels)).tolist()
    by_quantity: Counter[str] = Counter()
    for channel, count in zip(columns.channels, counts, strict=True):
        by_quantity[channel.quantity] += count
    for quantity, count in by_quantity.items():
        metrics.READINGS.labels(quantity).inc(count)
    metrics.DUPLICATES.inc(found.duplicates)
    metrics.RECORDS.labels("gateway", "accepted").inc(len(columns))


def count_rejected(rejected: Iterable[Rejection]) -> None:
    """Count by reason what was refused."""
    for reason, count in Counter(rejection.reason for rejection in rejected).items():
        metrics.REJECTED.labels(reason).inc(count)
        metrics.RECORDS.labels("gateway", "rejected").inc(count)
