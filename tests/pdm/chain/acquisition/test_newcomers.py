"""How many names a source may bring that nobody declared."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pdm.chain.acquisition.admit import Admission, admit
from pdm.chain.acquisition.decode import JSON
from pdm.chain.acquisition.newcomers import SOURCES, Newcomers
from pdm.instant import nanoseconds
from pdm.plant.load import load, parse
from pdm.records.block import Channel, Source
from pdm.records.reading import Quantity, Reason

NOW = nanoseconds("2026-06-01T00:00:00Z")
DECLARED = parse(
    """
[classes.pump.channels.v]
quantity = "vibration"
unit = "mm/s"

[[machines]]
asset = "pump-1"
class = "pump"
""",
    "plant.toml",
)


def reading(asset: str, channel: str = "v", **changes: Any) -> dict[str, Any]:
    """Write a good reading."""
    said = {"asset": asset, "channel": channel, "quantity": "vibration", "unit": "mm/s", "value": 1.0}
    return {**said, "time": "2026-01-01T00:00:00Z", **changes}


def posted(newcomers: Newcomers, *readings: dict[str, Any], source: str = "plc", run: str = "") -> Admission:
    """Judge a request."""
    entry = newcomers, Source(source, run)
    return admit(json.dumps(readings).encode(), JSON, newcomers.plant, NOW, entry=entry)


def refused(found: Admission) -> list[tuple[int, str]]:
    """Return places and reasons."""
    return [(one.index, one.reason.value) for one in found.rejected]


def test_one_name_too_many_is_refused_and_nothing_else() -> None:
    """Those that came first stay, also when they come again; each refusal says what helps."""
    newcomers = Newcomers(load(), 2)
    found = posted(newcomers, reading("a"), reading("b"), reading("c"), reading("a"), reading("b", "w"))
    assert refused(found) == [(2, "too_many_names"), (4, "too_many_names")]
    assert len(found.columns) == 3
    assert "more than 2 names" in found.rejected[0].detail
    assert "PDM_NEW_NAMES" in found.rejected[0].detail
    assert refused(posted(newcomers, reading("c"), reading("b"))) == [(0, "too_many_names")]


def test_declared_names_are_never_too_many() -> None:
    """They take no place; an undeclared channel of a declared machine does."""
    newcomers = Newcomers(DECLARED, 1)
    found = posted(newcomers, reading("x"), reading("pump-1"), reading("pump-1", "w"), reading("pump-1"))
    assert refused(found) == [(2, "too_many_names")]


def test_a_refused_reading_takes_no_place() -> None:
    """A name is taken in by its first good reading."""
    newcomers = Newcomers(load(), 1)
    found = posted(newcomers, reading("x", unit="bar"), reading("y", value=1e300), reading("z"))
    assert [reason for _, reason in refused(found)] == ["unknown_unit", "out_of_range"]
    assert refused(posted(newcomers, reading("z"), reading("x"))) == [(1, "too_many_names")]


def test_a_source_has_its_own_places_and_all_have_an_end() -> None:
    """A part of a source is the same source; another's name is known already; a run has its own names."""
    newcomers = Newcomers(load(), 1)
    assert refused(posted(newcomers, reading("a"), source="s")) == []
    assert refused(posted(newcomers, reading("b"), source="s.line-1")) == [(0, "too_many_names")]
    assert refused(posted(newcomers, reading("a"), reading("b"), source="t")) == []
    assert refused(posted(newcomers, reading("a"), source="s", run="replay")) == [(0, "too_many_names")]
    for number in range(SOURCES - 2):
        assert refused(posted(newcomers, reading(f"n{number}"), source=f"u{number}")) == []
    assert refused(posted(newcomers, reading("last"), source="v")) == [(0, "too_many_names")]


def test_a_single_name_is_judged_alike() -> None:
    """As waveforms are."""
    newcomers, velocity = Newcomers(load(), 1), Channel("v", Quantity.VIBRATION, "m/s")
    assert newcomers.takes(Source("s"), "a", "", velocity)
    assert newcomers.takes(Source("s"), "a", "", velocity)
    assert not newcomers.takes(Source("s"), "b", "", velocity)
    assert newcomers.refusal[0] is Reason.TOO_MANY_NAMES
    assert refused(posted(newcomers, reading("a"), reading("b"), source="s")) == [(1, "too_many_names")]


REQUEST = st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("vwx")), max_size=8)


@given(st.lists(REQUEST, max_size=6), st.integers(0, 8))
def test_the_places_go_to_those_who_come_first(requests: list[list[tuple[str, str]]], most: int) -> None:
    """However readings are cut into requests: as a set that stops growing."""
    newcomers, known = Newcomers(load(), most), set[tuple[str, str]]()
    for names in requests:
        expected = []
        for index, name in enumerate(names):
            if name not in known and len(known) >= most:
                expected.append(index)
            else:
                known.add(name)
        found = posted(newcomers, *(reading(asset, channel) for asset, channel in names))
        assert [one.index for one in found.rejected] == expected
