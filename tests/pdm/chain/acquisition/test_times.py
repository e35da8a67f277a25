"""Data times: the vectorised reading equals the obvious one."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdm.chain.acquisition.times import data_times, instants, numbers
from pdm.instant import nanoseconds, rfc3339
from pdm.records.posted import Reading, TimeUnit

MOMENTS = st.integers(0, 8_800_000_000).map(lambda s: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def reading(time: str | float, time_unit: TimeUnit | None = None) -> Reading:
    """Make a reading of which only the time matters."""
    return Reading("a", "c", "load", time, 1.0, "%", time_unit=time_unit)


@given(
    st.lists(
        st.tuples(MOMENTS, ZONES, st.integers(0, 9), st.integers(0, 10**9 - 1), st.booleans()), min_size=1
    )
)
def test_instants_are_read_exactly(drawn: list[tuple[datetime, timezone, int, int, bool]]) -> None:
    """Any mixture of zones, offsets and decimals gives the nanoseconds that reading one by one gives."""
    texts = []
    for moment, zone, decimals, fraction, zulu in drawn:
        head = moment.strftime("%Y-%m-%dT%H:%M:%S")
        tail = f".{fraction:09d}"[: decimals + 1] if decimals else ""
        offset = "Z" if zulu else datetime(2000, 1, 1, tzinfo=zone).isoformat()[19:]
        texts.append(head + tail + offset)
    ns, readable = instants(texts)
    assert readable.all()
    assert ns.tolist() == [nanoseconds(text) for text in texts]


@given(st.integers(0, 7_000_000_000_000_000_000))
def test_what_we_write_we_read(ns: int) -> None:
    """An instant that the service writes is read back to the nanosecond."""
    found, readable = instants([rfc3339(ns)])
    assert (found[0], readable[0]) == (ns, True)


@pytest.mark.parametrize(
    "text",
    ["", "now", "2026-01-01", "2026-01-01T00:00:00", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
     "2026-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z",
     "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "2026-01-01T00:00:00.Z",
     "2026-01-01T00:00:00.1234567890Z",
     "2026/01/01T00:00:00Z", "2026-01-01_00:00:00Z", "2026-01-01T00:00:00+0100", "2026-01-01T00:00:00+25:00",
     "2026-01-01T00:00:00 01:00", "20260101T000000Z", "2026-01-01T0a:00:00Z", "2026-01-01T00:00:00,5Z",
     "²026-01-01T00:00:00Z", "2026-01-01T00:00:00.1.3Z", "1767225600"],
)  # fmt: skip
def test_what_is_no_instant_with_a_zone_is_not_read(text: str) -> None:
    """No time without a zone, no date of a calendar that is not, no other notation."""
    assert not instants([text])[1][0]
    assert instants(["2026-01-01T00:00:00Z", text])[1].tolist() == [True, False]


def test_the_variants_of_rfc_3339_are_read() -> None:
    """Small letters, a space in the middle, an offset, the 29th of February."""
    texts = [
        "2024-02-29t12:00:00z",
        "2024-02-29 12:00:00Z",
        "2024-02-29T13:30:00+01:30",
        "2024-02-29T12:00:00.000Z",
    ]
    ns, readable = instants(texts)
    assert readable.all()
    assert set(ns.tolist()) == {int(datetime(2024, 2, 29, 12, tzinfo=UTC).timestamp()) * 10**9}


@given(st.integers(0, 7_000_000_000), st.integers(0, 999_999), st.sampled_from(["s", "ms", "us", "ns"]))
def test_numbers_are_read_in_their_unit(seconds: int, micro: int, unit: TimeUnit) -> None:
    """Whole numbers are exact, floats are good to a microsecond."""
    scale = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    assert numbers([seconds * scale], unit)[0][0] == seconds * 10**9
    if seconds < 2**31 and unit in {"s", "ms"}:
        exact = seconds * 10**9 + micro * 1000
        assert numbers([exact * scale / 10**9], unit)[0][0] == exact


def test_a_number_without_a_unit_is_not_read() -> None:
    """Whether 1767225600 counts seconds is not guessed."""
    assert data_times([reading(1767225600)])[1].tolist() == [False]
    mixed = data_times([reading(1767225600), reading(1767225600, "s"), reading("2026-01-01T00:00:00Z")])
    assert mixed[1].tolist() == [False, True, True]
    assert mixed[0][1] == mixed[0][2] == 1767225600 * 10**9


@pytest.mark.parametrize("value", [10**30, -(10**30), 1e300, -1e300])
@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_numbers_beyond_reason_stay_beyond_it(value: float, unit: TimeUnit) -> None:
    """What does not fit 64 bits stays far in the future, or before the epoch, and does not wrap around."""
    ns = int(numbers([value], unit)[0][0])
    assert (ns > 7 * 10**18) if value > 0 else (ns < 0)


@given(
    st.lists(st.sampled_from(["2026-01-01T00:00:00Z", "2026-01-01T01:00:01.5+01:00", "2026-13-01T00:00:00Z"]))
)
def test_times_that_repeat_are_read_as_each_alone(texts: list[str]) -> None:
    """A batch of a few distinct times gives each reading what it would have got by itself."""
    ns, readable = data_times([reading(text) for text in texts * 3 or ["2026-01-01T00:00:00Z"]])
    alone = [data_times([reading(text)]) for text in texts * 3 or ["2026-01-01T00:00:00Z"]]
    assert ns.tolist() == [int(one[0][0]) for one in alone]
    assert readable.tolist() == [bool(one[1][0]) for one in alone]
