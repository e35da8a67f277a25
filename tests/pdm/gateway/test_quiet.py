"""How long a machine is silent is told on its source's clock, ever more rarely, until it speaks again."""

from itertools import pairwise

from fakes.gateway import batch

from pdm.chain.acquisition.admit import admit
from pdm.chain.acquisition.decode import JSON
from pdm.gateway.quiet import FIRST_NS, SLOWER, Heard, Quiet, Still
from pdm.gateway.silence import Silence
from pdm.instant import NS, rfc3339
from pdm.plant.load import load
from pdm.records.block import Machine, Source
from pdm.replay.offline import Offline

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


def test_no_data_goes_from_the_gateways_clock_to_an_event_and_data_again_end_it() -> None:
    """A machine delivers, then nothing, then what its client had kept: raised, cleared, none late."""
    chain, silence, source, now = Offline(load()), Silence(NS), Source("plc", "", 2 * NS), 1_700_000_000 * NS

    def deliver(first: int, last: int, at: int) -> None:
        for second in range(first, last):
            time = rfc3339(now + second * NS)
            columns = admit(batch(1, asset="pump-9", time=time), JSON, load(), 2**62).columns
            chain.feed(columns, source)
            silence.heard(source, columns, now + max(second, at) * NS)

    def wait(first: int, last: int) -> None:
        for second in range(first, last):
            for whose, frontiers in silence.due(now + second * NS).items():
                chain.end(frontiers, whose)
                silence.closed(whose, frontiers)
            for whose, told in silence.quiet.due(now + second * NS).items():
                frontiers = {machine: still.frontier for machine, still in told.items()}
                chain.end(frontiers, whose, {machine: still.watched for machine, still in told.items()})

    deliver(0, 100, 0)
    wait(100, 200)
    (raised,) = chain.events
    assert (raised.cause, raised.subject, raised.kind) == ("no_data", "data", "raise")
    assert (raised.raised, raised.time) == (rfc3339(now + 100 * NS), rfc3339(now + 160 * NS))
    deliver(100, 205, 205)
    assert [event.kind for event in chain.events] == ["raise", "clear"]
    assert chain.late == 0


def _of(quiet: Quiet, now_ns: int) -> list[Still]:
    return [still for told in quiet.due(now_ns).values() for still in told.values()]
