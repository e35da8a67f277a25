"""Numbers for what repeats: each distinct name or code of a batch once, and every row's place among them."""

from collections.abc import Hashable, Sequence
from typing import TypeVar

import numpy as np

from pdm.chain.acquisition.columns import Array

Name = TypeVar("Name", bound=Hashable)


def encoded(names: Sequence[Name]) -> tuple[list[Name], Array]:
    """Number names in the order in which they first appear.

    returns (distinct names, (n,) index into them)
    """
    codes = _Codes[Name]()
    index = np.fromiter(map(codes.__getitem__, names), np.int64, len(names))
    return list(codes), index


def distinct_codes(code: Array) -> tuple[Array, Array]:
    """Give the distinct codes and each row's place among them; by a table where that is smaller."""
    size = int(code.max()) + 1
    if size > 4 * len(code) + 4_096:
        return np.unique(code, return_inverse=True)
    present = np.zeros(size, bool)
    present[code] = True
    place = np.cumsum(present) - 1
    return np.flatnonzero(present), place[code]


class _Codes(dict[Name, int]):
    """Numbers what it is asked for; what it knows already costs no call."""

    def __missing__(self, name: Name) -> int:
        code = self[name] = len(self)
        return code
