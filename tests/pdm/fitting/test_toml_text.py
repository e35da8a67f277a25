"""Text of a plant file: keys and numbers as TOML reads them, and tables that go."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from pdm.fitting.toml_text import quoted, short, without

NAMES = st.text(st.sampled_from("abcXYZ019._-"), min_size=1)


@given(NAMES)
def test_a_name_is_read_back_as_one_key(name: str) -> None:
    """A dot in it opens no table."""
    assert tomllib.loads(f"{quoted(name)} = 1") == {name: 1}


def test_a_number_keeps_so_many_digits_wherever_its_point_is() -> None:
    """Small and large alike."""
    assert (short(0.0012345678, 4), short(123456.0, 4), short(0.0, 4)) == (0.001235, 123500.0, 0.0)


def test_a_table_goes_with_all_its_lines_and_no_other() -> None:
    """Up to the next header; what stands before the first one stays."""
    lines = ["name = 1", "[a]", "x = 1", "# of a", "[[b]]", "y = 2", " [a.c]", "z = 3"]
    assert without(lines, lambda header: "a" in header) == ["name = 1", "[[b]]", "y = 2"]
