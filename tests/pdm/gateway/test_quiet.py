"""How long a machine is silent is told on its source's clock, ever more rarely, until it speaks again."""

from itertools import pairwise

from pdm.gateway.quiet import FIRST_NS, SLOWER, Heard, Quiet, Still
from pdm.instant import NS
from pdm.records.block import Machine, Source

LIVE = Source("plc", "", 2 * NS)
HEARD = Heard(Machine("a"), 1_000 * NS, 5_000 * NS)


def test_the_clock_goes_on_from_the_last_data_time_twice_the_lateness_behind() -> None:
    """The frontier stays where it is, so that nothing becomes late by it."""
    quiet = Quiet(NS)
    quiet.add(LIVE, HEARD)
    first = HEARD.at + 2 * LIVE.lateness_ns + FIRST_NS
    assert quiet.due(first - 1) == {}
    told = quiet.due(first)[LIVE][Machine("a")]
    assert (told.frontier, told.watched) == (1_003 * NS, 1_000 * NS + FIRST_NS)


def test_each_time_tells_of_a_longer_silence() -> None:
    """A minute is known after 75 s; in a day it is told some fifty times."""
    quiet, told = Quiet(NS), []
    quiet.add(LIVE, HEARD)
    for second in range(86_400):
        told += [(second, still.watched) for still in _of(quiet, HEARD.at + second * NS)]
    silences = [(watched - HEARD.time) / NS for _second, watched in told]
    assert all(after >= SLOWER * before - 1 for before, after in pairwise(silences))
    assert next(second for second, watched in told if watched - HEARD.time >= 60 * NS) <= 80
    assert 30 < len(told) < 60


def test_a_machine_that_speaks_again_is_told_of_no_more() -> None:
    """Heard again and silent again, it begins anew."""
    quiet = Quiet(NS)
    quiet.add(LIVE, HEARD)
    quiet.drop(LIVE, "a")
    assert quiet.due(10**18) == {}
    quiet.add(LIVE, Heard(Machine("a"), 2_000 * NS, 6_000 * NS))
    assert [still.frontier for still in _of(quiet, 6_014 * NS)] == [2_003 * NS]


def _of(quiet: Quiet, now_ns: int) -> list[Still]:
    return [still for told in quiet.due(now_ns).values() for still in told.values()]
