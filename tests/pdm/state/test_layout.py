"""Arrays that another version wrote."""

import numpy as np
import pytest

from pdm.state.layout import LayoutError, adopted

NOW = np.dtype([("mean", "f8"), ("ring", "f8", (3,)), ("seen", "u4")], align=True)


def rows(dtype: np.dtype[np.void]) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    """Return three rows with a different number in each field."""
    made = np.zeros(3, dtype)
    for place, name in enumerate(dtype.names or ()):
        made[name] = place + 1
    return made


def test_the_same_layout_is_read_as_it_is() -> None:
    """Byte for byte."""
    assert adopted(rows(NOW).tobytes(), str(NOW.descr), NOW).tobytes() == rows(NOW).tobytes()


def test_fields_are_mapped_by_name() -> None:
    """New ones are zero, old ones are dropped, order and padding do not matter."""
    before = np.dtype([("seen", "u4"), ("gone", "f8"), ("ring", "f8", (3,))], align=True)
    taken = adopted(rows(before).tobytes(), str(before.descr), NOW)
    assert taken["seen"].tolist() == [1, 1, 1]
    assert taken["ring"].tolist() == [[3.0] * 3] * 3
    assert taken["mean"].tolist() == [0, 0, 0]


@pytest.mark.parametrize("change", [("seen", "i8"), ("ring", "f8", (4,)), ("mean", "f4")])
def test_a_field_of_another_type_is_refused_by_name(change: tuple[str, str]) -> None:
    """Its values would mean something else."""
    before = np.dtype([change], align=True)
    with pytest.raises(LayoutError, match=f"field {change[0]} was"):
        adopted(rows(before).tobytes(), str(before.descr), NOW)


@pytest.mark.parametrize("damaged", ["", "[", "[('a', 'nonsense')]", "3", "__import__('os')"])
def test_a_description_that_is_none_is_refused(damaged: str) -> None:
    """And nothing in it is run."""
    with pytest.raises(LayoutError):
        adopted(b"", damaged, NOW)
