"""How long what is kept, as people write it."""

import pytest

from pdm.history.keep import DAY_S, Keep, read_keep
from pdm.history.manifest import Grade

DAY_NS = DAY_S * 10**9


def test_what_is_not_said_has_its_default() -> None:
    """And what is said is written back as it was read."""
    assert read_keep("raw=30d") == Keep(raw=30)
    assert str(read_keep("raw=1d, minute=2d, hour=3d")) == "raw=1d,minute=2d,hour=3d"


@pytest.mark.parametrize("text", ["", "30d", "raw=0d", "raw=30", "raw=9d,minute=8d", "raw=-1d", "week=1d"])
def test_what_cannot_be_meant_is_refused(text: str) -> None:
    """With what it should look like."""
    with pytest.raises(ValueError, match=r"raw"):
        read_keep(text)


def test_a_day_becomes_coarser_with_its_age() -> None:
    """Readings, then minutes, then hours."""
    keep = Keep(raw=10, minute=20, hour=30)
    grades = [keep.averages_of(0, age * DAY_NS) for age in (10, 11, 20, 21)]
    assert grades == [None, Grade.MINUTE, Grade.MINUTE, Grade.HOUR]
