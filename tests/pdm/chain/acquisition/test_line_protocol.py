"""Line protocol taken apart: escapes, quotes, kinds of values, and what is none of it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from naive_lines import naive_line

from pdm.chain.acquisition.line_protocol import Line, LineError, Value, parse, plain, series

PIECES = ["a", "m", "7", ".", "-", "e", "i", "u", "t", "é", "\\", ",", "=", " ", '"', "1", "10", "#", "true"]
LINES = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=14).map("".join),
    st.builds(
        "{},{}={} {}={},{}={}{}".format,
        *[st.lists(st.sampled_from(PIECES), max_size=3).map("".join) for _ in range(4)],
        st.sampled_from(
            ["1", "-2.5e3", "7i", "8u", "true", '"a b"', '"a\\"b"', "1.", ".5", "x", "nan", "+1"]
        ),
        st.sampled_from(["f", "g\\ h", ""]),
        st.sampled_from(["1", "9223372036854775808i", "18446744073709551615u", "F", '"', '""']),
        st.sampled_from(["", " 1", " -5 ", " 1.5", "  00012", " a"]),
    ),
)


def whole(text: str) -> tuple[str, dict[str, str], dict[str, Value], int | None]:
    """Take a line apart, names and all."""
    line = parse(text.encode())
    return *series(line.head), {plain(key): value for key, value in line.fields}, line.stamp


@given(LINES)
def test_a_line_is_read_as_the_slow_reader_reads_it(text: str) -> None:
    """Letter by letter or by patterns: the same names, values and time, or no line for either."""
    expected = naive_line(text)
    try:
        found = whole(text)
    except LineError:
        assert expected is None
    else:
        if any(isinstance(value, float) and math.isnan(value) for value in found[2].values()):
            assert expected is None
        else:
            assert found == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("m f=1", ("m", {}, {"f": 1.0}, None)),
        ("m,t=a f=1i,g=2u 5", ("m", {"t": "a"}, {"f": 1.0, "g": 2.0}, 5)),
        (r"my\ m\,x,a\ b=c\=d f\,g=-1.5e-3 -7", ("my m,x", {"a b": "c=d"}, {"f,g": -0.0015}, -7)),
        (r"m\=x f=T", (r"m\=x", {}, {"f": True}, None)),
        (r"a\b,c=d\e f=false", (r"a\b", {"c": r"d\e"}, {"f": False}, None)),
        (r'm f="a, b=c \"d\" \\ e"', ("m", {}, {"f": r'a, b=c "d" \ e'}, None)),
        ('m f="two\nlines"  9 ', ("m", {}, {"f": "two\nlines"}, 9)),
        ("°C,entity_id=küche value=21", ("°C", {"entity_id": "küche"}, {"value": 21.0}, None)),
    ],
)
def test_names_values_and_time_come_out_as_meant(text: str, expected: tuple[object, ...]) -> None:
    """Escapes are gone, numbers are floats whatever their kind."""
    assert whole(text) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "measurement"),
        (b",t=a f=1", "measurement"),
        (b"m", "fields"),
        (b"m ", "name=value"),
        (b"m,t f=1", "a tag"),
        (b"m,t= f=1", "a tag"),
        (b"m f", "name=value"),
        (b"m f=", "name=value"),
        (b"m f=1,", "name=value"),
        (b"m f=abc", "'abc' is no number"),
        (b"m f=1.5i", "is no number"),
        (b"m f=9223372036854775808i", "64 bits"),
        (b"m f=1_000", "is no number"),
        (b'm f="open', "a quote that ends the text"),
        (b'm f="a"b', "timestamp"),
        (b"m f=1 yesterday", "timestamp"),
        (b"m f=1 1 2", "timestamp"),
        (b"m,t=a,t=b f=1", "twice"),
        (b"m,t=\xff f=1", "UTF-8"),
    ],
)
def test_what_is_no_line_is_told_in_a_sentence(text: bytes, said: str) -> None:
    """Where, and what was expected there."""
    with pytest.raises(LineError, match=said):
        series(parse(text).head)


def test_numbers_that_are_not_finite_are_told_from_nonsense() -> None:
    """They have a reason of their own later."""
    for text in (b"m f=NaN", b"m f=-inf", b"m f=1e400"):
        ((_, value),) = parse(text).fields
        assert isinstance(value, float)
        assert not math.isfinite(value)


def test_a_text_that_goes_on_is_unclosed() -> None:
    """So that the next line can be tried as its end."""
    with pytest.raises(LineError) as wrong:
        parse(b'm f=1,g="begin')
    assert wrong.value.unclosed
    assert parse(b'm f=1,g="begin\nend"') == Line(b"m", [(b"f", 1.0), (b"g", "begin\nend")], None)
