"""The dry run tells what the door does."""

from pdm.chain.acquisition.lines import read
from pdm.chain.acquisition.series import Series
from pdm.chain.acquisition.trial import trial
from pdm.plant.load import load

NOW = 1_790_000_000_000_000_000


def test_each_field_is_told_with_its_line() -> None:
    """Accepted, refused, left out, and what is no line at all, in the order of the lines."""
    body = b"\n".join(
        [
            b"nonsense",
            b"vibration,machine=a,unit=mm/s value=2.3,de=1e30",
            b"",
            b"opcua,id=1,host=h Quality=3",
            b"cpu,host=h idle=1",
        ]
    )
    known = Series(load())
    tried = trial(read(body, known, 1, NOW), known, NOW)
    assert [(one.line, one.verdict) for one in tried] == [
        (1, "malformed"),
        (2, "accepted"),
        (2, "out_of_range"),
        (4, "ignored"),
        (5, "no_mapping"),
    ]
    good = tried[1]
    assert (good.asset, good.channel, good.quantity, good.value, good.unit) == (
        "a",
        "vibration",
        "vibration",
        2.3,
        "mm/s",
    )
    assert (good.time, good.rule) == ("2026-09-21T14:13:20Z", "shipped rule 5 (tagged, one value)")
