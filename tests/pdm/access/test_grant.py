"""What a key reaches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdm.access.grant import EVERYTHING, Grant, covers, grant
from pdm.access.keys import Key, Role
from pdm.plant.load import parse

PLANT = parse(
    """
[[machines]]
asset = "pump-1"
path = "north/hall-2/line-1"
[[machines]]
asset = "pump-2"
path = "north/hall-21"
[[machines]]
asset = "pump-3"
path = "north/hall-2"
[[machines]]
asset = "pump-4"
""",
    "p",
)
PLACES = st.lists(st.sampled_from(["north", "hall-2", "hall-21", "line 1"]), min_size=1, max_size=4)


def granted(*paths: str, role: Role = Role.WRITER) -> Grant:
    """Resolve a key for these places."""
    return grant(Key(id="k", name="plc", role=role, paths=paths), PLANT)


def test_a_place_reaches_the_machines_in_it() -> None:
    """Not those of a place that only begins alike, nor those without a place, declared or not."""
    found = granted("north/hall-2")
    assert found.assets == frozenset({"pump-1", "pump-3"})
    assert [found.reaches(f"pump-{n}") for n in (1, 2, 3, 4, 5)] == [True, False, True, False, False]
    assert found.within == ("pump-1", "pump-3")


def test_several_places_add_up_and_none_is_the_whole_plant() -> None:
    """A place nobody has reaches nothing, which is not everything."""
    assert granted("north/hall-21", "north/hall-2/line-1").assets == frozenset({"pump-1", "pump-2"})
    assert granted("south").assets == frozenset()
    assert granted("south").within == ()
    assert granted().assets is None
    assert granted().reach is None
    assert granted().reaches("anything")


@given(PLACES, PLACES)
def test_a_place_covers_itself_and_what_is_below_it_only(place: list[str], more: list[str]) -> None:
    """Part by part, whatever the names are."""
    above, below = "/".join(place), "/".join([*place, *more])
    assert covers(above, above)
    assert covers(above, below)
    assert not covers(below, above)
    assert not covers(above, f"{above}x")
    assert not covers(above, "")


@pytest.mark.parametrize(
    ("source", "allowed"), [("plc", True), ("plc.line-1", True), ("plc-2", False), ("default", False)]
)
def test_a_writer_speaks_for_its_own_name_and_below(source: str, allowed: bool) -> None:
    """So does an admin of a place; an admin of the whole plant, and who needs no key, for any."""
    assert granted().may_be(source) is allowed
    assert granted("north", role=Role.ADMIN).may_be(source) is allowed
    assert granted(role=Role.ADMIN).may_be(source)
    assert EVERYTHING.may_be(source)
