"""A token bucket that may go into debt: batches pass whole, and what was too much is waited for."""

from msgspec import Struct


class Bucket(Struct, frozen=True):
    """How much may still be taken.

    level : tokens in it at `time`; below zero where more was taken than was there
    time  : seconds on a clock that never goes back
    """

    level: float
    time: float


def take(bucket: Bucket, count: int, now: float, rate: float, burst: float) -> tuple[Bucket, float]:
    """Take `count` tokens if one at least is there; all of them, or none.

    rate  : tokens per second that come in, more than 0; burst : tokens it holds at most
    returns the bucket, and the seconds to wait where nothing was taken (0 where it was)

    A batch larger than the burst is taken too, and paid back before the next: so what is taken in a time t
    before the last batch is at most burst + rate * t, and no size of a batch is refused for ever.
    """
    level = min(burst, bucket.level + rate * max(0.0, now - bucket.time))
    enough = min(1.0, burst)
    if count and level < enough:
        return Bucket(level, now), (enough - level) / rate
    return Bucket(level - count, now), 0.0
