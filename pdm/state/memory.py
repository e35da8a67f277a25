"""A bounded memory of what was worked out before."""

from typing import TypeVar

_Key = TypeVar("_Key")
_Kept = TypeVar("_Kept")


LARGEST_BYTES = 8 << 20
"""What the keys of one cache may have together, about."""


def remember(cache: dict[_Key, _Kept], key: _Key, kept: _Kept, most: int, size: int = 1) -> None:
    """Add to a cache, emptied first when it is full: what is still used comes back by itself.

    most : entries it may hold; fewer where so many of this one's size, in bytes, would be too large
    """
    if len(cache) >= min(most, LARGEST_BYTES // size + 1):
        cache.clear()
    cache[key] = kept
