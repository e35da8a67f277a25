"""Cycles of garbage are looked for seldom, and still go."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from pdm.garbage import NEW_OBJECTS, collect_seldom


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


class Knot:
    """Holds itself."""

    def __init__(self) -> None:
        self.me = self


def test_what_is_there_is_left_alone_and_what_comes_is_still_collected() -> None:
    """After so many new objects a cycle made since is gone; what was there before is not looked at again."""
    collect_seldom()
    assert gc.get_freeze_count() > 0
    knot = weakref.ref(Knot())
    assert knot() is not None
    kept = [[number] for number in range(2 * NEW_OBJECTS)]
    assert knot() is None
    assert len(kept) == 2 * NEW_OBJECTS
