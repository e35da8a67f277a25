"""The splitter finds the records of an array, whatever is inside and whatever is broken."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdm.chain.acquisition.split import items, lines, pieces

SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.floats(allow_nan=True))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def depth(value: object) -> int:
    """Count how deep lists and dictionaries are nested."""
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


@given(st.lists(VALUES.filter(lambda value: depth(value) <= 5)), st.sampled_from([None, 1]))
def test_a_well_formed_array_is_cut_where_json_cuts_it(values: list[object], indent: int | None) -> None:
    """Braces, commas and quotes inside strings and nested values do not cut."""
    body = json.dumps(values, indent=indent).encode()
    assert [repr(json.loads(item)) for item in items(body)] == [repr(value) for value in values]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"[]", []),
        (b" [ \n ] ", []),
        (b'[{"a":1},{"b":2}', [b'{"a":1}', b'{"b":2}']),
        (b'[{"a":1},{"b":', [b'{"a":1}', b'{"b":']),
        (b'[{"a":1},,{"b":2}]', [b'{"a":1}', b"", b'{"b":2}']),
        (b'[{"a":NaN}, {"b":[}, {"c":3}]', [b'{"a":NaN}', b'{"b":[}', b'{"c":3}']),
        (b'[{"a":{"b":1}, {"c":3}]', [b'{"a":{"b":1}', b'{"c":3}']),
        (b'[{"a":"x\ny"}, {"c":3}]', [b'{"a":"x\ny"}', b'{"c":3}']),
        (b'[1,"},{",2]', [b"1", b'"},{"', b"2"]),
    ],
)
def test_a_damaged_array_keeps_its_other_items(body: bytes, expected: list[bytes]) -> None:
    """What does not close runs to the next place where records meet, and no further."""
    assert list(items(body)) == expected


def test_records_joined_by_an_odd_quote_are_parted() -> None:
    """A quote that is missing makes strings of what lies between records; the seam shows."""
    joined = b'{"asset":"a,"value":1},{"asset":"b","value":2}'
    assert pieces(joined) == [b'{"asset":"a,"value":1}', b'{"asset":"b","value":2}']


def test_lines_are_numbered_with_the_blank_ones() -> None:
    """An editor's line, less one, is the index; the blank lines are not records."""
    assert list(lines(b'{"a":1}\r\n\n{"b":2}\n  \n')) == [(0, b'{"a":1}'), (2, b'{"b":2}')]


@pytest.mark.parametrize(
    "unit",
    [
        b"{",
        b"[",
        b'{"',
        b'"',
        b"{[},",
        b'{"a":[},',
        b'"},{',
        b"},{",
        b"\\",
        b'{"a":"\\',
        b"[{},",
        b"{},{[",
        b" ",
    ],
)
def test_hostile_bodies_take_time_in_proportion_to_their_length(unit: bytes) -> None:
    """Twenty times the length takes about twenty times as long, not four hundred times."""

    def cost(size: int) -> float:
        body = b"[" + unit * (size // len(unit))
        best = float("inf")
        for _ in range(3):
            start = time.process_time()
            for _item in items(body):
                pass
            best = min(best, time.process_time() - start)
        return best

    small, large = cost(10_000), cost(200_000)
    assert large < 80 * max(small, 0.0005)
