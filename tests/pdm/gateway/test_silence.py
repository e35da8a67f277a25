"""Heartbeats: silence of a machine closes its last frames, and nothing else does."""

import asyncio
from collections.abc import Mapping

import pytest
from fakes.gateway import batch

from pdm.chain.acquisition.admit import admit
from pdm.chain.acquisition.columns import Columns
from pdm.chain.acquisition.decode import JSON
from pdm.errors import BrokerError
from pdm.gateway.outlet import WAIT_S
from pdm.gateway.quiet import Heard
from pdm.gateway.silence import GRACE_NS, Silence, beat
from pdm.instant import NS, nanoseconds
from pdm.plant.load import load
from pdm.records.block import Machine, Source

LIVE = Source("plc", "", 2 * NS)
SILENT = LIVE.lateness_ns + GRACE_NS + 1
START = nanoseconds("2026-01-01T00:00:00Z")


def columns(asset: str, time: str = "2026-01-01T00:00:00.4Z") -> Columns:
    """Make one reading of a machine."""
    return admit(batch(1, asset=asset, time=time), JSON, load(), 2**62).columns


def test_a_silent_machine_is_due_with_the_end_of_its_last_frame_and_the_lateness() -> None:
    """Not a moment before its lateness and the grace are over."""
    silence = Silence(NS)
    silence.heard(LIVE, columns("a"), 0)
    silence.heard(LIVE, columns("b"), NS)
    assert silence.due(SILENT - 1) == {}
    assert silence.due(SILENT) == {LIVE: {Machine("a"): START + 3 * NS}}
    assert set(silence.due(SILENT + NS)[LIVE]) == {Machine("a"), Machine("b")}


def test_a_reading_ends_the_silence_and_an_older_one_does_not_move_the_clock_back() -> None:
    """What counts is when it came; the newest data time stays."""
    silence = Silence(NS)
    silence.heard(LIVE, columns("a", "2026-01-01T00:00:05Z"), 0)
    silence.heard(LIVE, columns("a"), NS)
    assert silence.due(SILENT) == {}
    assert silence.due(SILENT + NS) == {LIVE: {Machine("a"): START + 8 * NS}}


def test_readings_that_the_broker_did_not_take_put_the_heartbeat_off() -> None:
    """Their sender will come again with the same; a machine never heard is not made up."""
    silence = Silence(NS)
    silence.heard(LIVE, columns("a"), 0)
    silence.awaited(LIVE, ["a", "unheard-of"], NS)
    again = NS + WAIT_S * NS
    assert silence.due(SILENT + again - 1) == {}
    assert set(silence.due(SILENT + again)[LIVE]) == {Machine("a")}


def test_a_replay_run_has_no_heartbeat() -> None:
    """A pause in a replay means nothing: the run says itself when it ends."""
    silence = Silence(NS)
    silence.heard(Source("plc", "replay-1", 0), columns("a"), 0)
    assert silence.due(10**18) == {}


def test_a_machine_is_closed_once() -> None:
    """After its heartbeat it is not due again, until it speaks again."""
    silence = Silence(NS)
    silence.heard(LIVE, columns("a"), 0)
    silence.closed(LIVE, silence.due(10**18)[LIVE])
    assert silence.due(10**18) == {}
    silence.heard(LIVE, columns("a"), 0)
    assert silence.due(10**18) != {}


def test_the_heart_beats_again_what_the_broker_did_not_take() -> None:
    """Each silent machine gets one heartbeat that arrives."""
    silence = Silence(NS)
    silence.heard(LIVE, columns("a"), 0)
    sent: list[tuple[Source, dict[Machine, int]]] = []
    beats = 0

    async def close_frames(
        source: Source, frontiers: Mapping[Machine, int], watched: Mapping[Machine, int] | None = None
    ) -> None:
        assert watched is None
        sent.append((source, dict(frontiers)))
        if len(sent) == 1:
            raise BrokerError("away")

    async def pause(_seconds: float) -> None:
        nonlocal beats
        beats += 1
        if beats > 5:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(beat(silence, close_frames, lambda: SILENT, pause))
    assert sent == [(LIVE, {Machine("a"): START + 3 * NS})] * 2


def test_a_machine_that_spoke_while_its_frames_were_closed_is_still_watched() -> None:
    """What came in the meantime has a last frame of its own."""
    silence = Silence(NS)
    silence.heard(LIVE, columns("a"), 0)
    closing = silence.due(SILENT)[LIVE]
    silence.heard(LIVE, columns("a", "2026-01-01T00:00:05Z"), SILENT)
    silence.closed(LIVE, closing)
    assert silence.due(2 * SILENT) == {LIVE: {Machine("a"): START + 8 * NS}}


def test_a_machine_that_has_ended_is_not_missed() -> None:
    """Its source has said so: neither a heartbeat nor a silence is told."""
    silence = Silence(NS)
    silence.heard(LIVE, columns("a"), 0)
    silence.closed(LIVE, silence.due(SILENT)[LIVE])
    silence.forget(LIVE, ["a"])
    assert silence.quiet.due(10**18) == {}


def test_machines_heard_before_are_waited_for_from_the_one_heard_longest_ago() -> None:
    """In whatever order they are recalled: the walk over them stops at the first that is not due yet."""
    silence = Silence(NS)
    early, late = (Heard(Machine(name), START, at) for name, at in (("a", 0), ("b", NS)))
    silence.recall([(LIVE, late), (LIVE, early)])
    assert set(silence.due(SILENT)[LIVE]) == {Machine("a")}
