"""Numbering: what the plain dictionary gives, whatever repeats."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pdm.chain.acquisition.codes import distinct_codes, encoded


@given(st.lists(st.text(max_size=3)))
def test_names_are_numbered_in_the_order_in_which_they_first_appear(names: list[str]) -> None:
    """The distinct names come once, first seen first, and every row finds its own again."""
    distinct, place = encoded(names)
    assert distinct == list(dict.fromkeys(names))
    assert [distinct[i] for i in place] == names


@given(st.lists(st.one_of(st.integers(0, 20), st.integers(0, 10**12)), min_size=1))
def test_distinct_codes_are_those_of_a_sort(codes: list[int]) -> None:
    """By a table or by sorting, the answer is the same."""
    distinct, place = distinct_codes(np.array(codes))
    assert distinct.tolist() == sorted(set(codes))
    assert distinct[place].tolist() == codes
