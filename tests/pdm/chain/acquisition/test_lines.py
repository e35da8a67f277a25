"""Bodies of line protocol as columns: the quick way and the exact way are one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdm.chain.acquisition.lines import PRECISIONS, read, read_exactly
from pdm.chain.acquisition.points import Points
from pdm.chain.acquisition.series import Series
from pdm.errors import RefusedError
from pdm.plant.load import parse

PLANT = parse(
    """
[[mappings]]
measurement = "switch"
asset = "{machine}"
quantity = "process"
unit = "1"
booleans = true
""",
    "plant.toml",
)
NOW = 1_790_000_000_000_000_000
ROWS = [
    b"vibration,machine=a,unit=mm/s value=1.5 1",
    b"vibration,machine=a,unit=mm/s value=2 2",
    b"vibration,machine=a,unit=mm/s value=3i",
    b"vibration,machine=a,unit=mm/s value=-4i,x=5u 5",
    b"vibration,machine=a,unit=mm/s value=1e400 5",
    b"vibration,machine=a,unit=mm/s value=nan 5",
    b"vibration,machine=a,unit=mm/s value=007 0008",
    b"vibration,machine=a,unit=mm/s value=.5 8\r",
    b"vibration,machine=a,unit=mm/s value=1. 8 ",
    b"vibration,machine=a,unit=mm/s value=\t1 8",
    b"vibration,machine=a,unit=mm/s value=1.5i 8",
    b"vibration,machine=a,unit=mm/s value=-i 8",
    b"vibration,machine=a,unit=mm/s value=1_0 8",
    b"vibration,machine=a,unit=mm/s value=1e3 1e3",
    b"vibration,machine=a,unit=mm/s value= 8",
    b'vibration,machine=a,unit=mm/s value=true,text="a b, c=1" 8',
    b"vibration,machine=b\\ c,unit=mm/s value=1",
    b'vibration,machine=a,unit=mm/s value=1,note="begin',
    b'end",z=2 9',
    b'broken f="',
    b"switch,machine=a on=t,off=F 9",
    b"nobody value=1",
    b"# a comment",
    b"  # another",
    b"",
    b"   ",
    b"nonsense",
    b"  vibration,machine=a,unit=mm/s  value=1  9  ",
]


def body(*rows: bytes) -> Points:
    """Read rows with a memory of their own."""
    return read(b"\n".join(rows), Series(PLANT), 1_000_000, NOW)


def told(points: Points, known: Series) -> list[object]:
    """Write points so that they compare: each field by what it is."""
    rows = zip(
        points.code.tolist(), points.time.tolist(), points.value.tolist(), points.place.tolist(), strict=True
    )
    return [[(known.points[code], *rest) for code, *rest in rows], points.rejected, points.ignored]


@given(st.lists(st.sampled_from(ROWS), max_size=12))
def test_the_quick_way_reads_what_the_exact_way_reads(rows: list[bytes]) -> None:
    """Whatever stands beside a line, and whatever of it was met before."""
    quick, exact = Series(PLANT), Series(PLANT)
    read(b"\n".join(ROWS[:4]), quick, 1_000_000, NOW)
    content = b"\n".join(rows)
    expected = read_exactly(content.replace(b"\r\n", b"\n").split(b"\n"), exact, 1_000_000, NOW)
    assert told(read(content, quick, 1_000_000, NOW), quick) == told(expected, exact)


def test_a_line_without_a_timestamp_gets_the_time_of_its_arrival() -> None:
    """To the nanosecond, whatever the precision of the others."""
    assert body(ROWS[0], ROWS[2]).time.tolist() == [1_000_000, NOW]


@pytest.mark.parametrize(("precision", "ns"), PRECISIONS.items())
def test_each_precision_counts_its_nanoseconds(precision: str, ns: int) -> None:
    """Those of old clients and new ones."""
    points = read(b"m f=1 3", Series(PLANT), PRECISIONS[precision], NOW)
    assert points.time.tolist() == [3 * ns]


def test_a_timestamp_too_large_is_far_away_and_not_around_the_corner() -> None:
    """No overflow makes the far future look like now."""
    assert read(b"m f=1 " + b"9" * 25, Series(PLANT), 1, NOW).time[0] > 8 * 10**18


def test_a_verdict_names_the_line() -> None:
    """From 0, blank lines and comments counted as in an editor."""
    points = body(b"# c", b"", b"nonsense", ROWS[0], b"m f=abc")
    assert [one.index for one in points.rejected] == [2, 4]
    assert points.place.tolist() == [3]


def test_a_text_over_several_lines_is_one_field() -> None:
    """And a quote that never ends spoils its own line alone."""
    points = body(b'vibration,machine=a,unit=mm/s value=1,note="begin', b"middle", b'end" 9', ROWS[0])
    assert (points.value.tolist(), points.place.tolist()) == ([1.0, 1.5], [0, 3])
    spoilt = body(b'm f="never', ROWS[0], b'm,machine=a,unit=mm/s g="x",f=2 3')
    assert [one.index for one in spoilt.rejected] == [0, 2]
    assert spoilt.place.tolist() == [1, 2]


def test_booleans_are_numbers_only_where_a_rule_says_so() -> None:
    """1 and 0; elsewhere a verdict that says what would help."""
    assert body(b"switch,machine=a on=true,off=f").value.tolist() == [1.0, 0.0]
    (refused,) = body(b"vibration,machine=a,unit=mm/s value=true").rejected
    assert (refused.reason, "booleans = true" in refused.detail) == ("no_mapping", True)


def test_too_many_fields_or_lines_refuse_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before they have cost much."""
    monkeypatch.setattr("pdm.chain.acquisition.points.MOST_READINGS", 2)
    for rows in ([b"m f=1,g=2,h=3"], [b"bad"] * 3):
        with pytest.raises(RefusedError, match="more than"):
            body(*rows)
    with pytest.raises(RefusedError, match="more than"):
        read(b"\n" * 500_000, Series(PLANT), 1, NOW)
