"""How long what is kept: readings, then averages of a minute, then of an hour, then nothing."""

import re

from msgspec import Struct

from pdm.history.manifest import Grade

DAY_S = 86_400
_PART = re.compile(r"(raw|minute|hour)=([0-9]{1,5})d")
WIDTH_NS = {Grade.MINUTE: 60 * 10**9, Grade.HOUR: 3_600 * 10**9}
"""Grade of averages -> width of their buckets."""


class Keep(Struct, frozen=True):
    """Days of data time for which each grade is kept, written as `raw=400d,minute=1200d,hour=3650d`."""

    raw: int = 400
    minute: int = 1_200
    hour: int = 3_650

    def __str__(self) -> str:
        return f"raw={self.raw}d,minute={self.minute}d,hour={self.hour}d"

    def averages_of(self, day_end_ns: int, now_ns: int) -> Grade | None:
        """Say which averages a day that is over should be, None where it stays readings."""
        age = (now_ns - day_end_ns) / (DAY_S * 1e9)
        return None if age <= self.raw else Grade.MINUTE if age <= self.minute else Grade.HOUR


def read_keep(text: str) -> Keep:
    """Read `raw=400d,minute=1200d,hour=3650d`; what is not said has its default. raises ValueError"""
    found = {}
    for part in text.replace(" ", "").split(","):
        match = _PART.fullmatch(part)
        if not match:
            raise ValueError("is not days such as raw=400d,minute=1200d,hour=3650d")
        found[match[1]] = int(match[2])
    keep = Keep(**found)
    if not 1 <= keep.raw <= keep.minute <= keep.hour:
        raise ValueError("raw must be at least 1d, and none shorter than the one before it")
    return keep
