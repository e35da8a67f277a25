"""A bounded memory of what was worked out before."""

from typing import TypeVar

_Key = TypeVar("_Key")
_Kept = TypeVar("_Kept")


def remember(cache: dict[_Key, _Kept], key: _Key, kept: _Kept, most: int) -> None:
    """Add to a cache, emptied first when it holds `most`: what is still used comes back by itself."""
    if len(cache) >= most:
        cache.clear()
    cache[key] = kept
