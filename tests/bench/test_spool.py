"""A list of texts in a file behaves as a list."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.spool import Spool


@settings(max_examples=50, deadline=None)
@given(st.lists(st.binary(max_size=20)))
def test_it_is_the_list_it_was_made_of(texts: list[bytes]) -> None:
    """Its length, its items from both ends, its slices and its order are the same."""
    spool = Spool(texts)
    assert list(spool) == texts == spool[:]
    assert [spool[k - len(texts)] for k in range(len(texts))] == texts
    assert spool[1::2] == texts[1::2]
    assert len(spool) == len(texts)


def test_beyond_its_end_there_is_nothing() -> None:
    """As with a list."""
    with pytest.raises(IndexError):
        Spool([b"one"])[1]
