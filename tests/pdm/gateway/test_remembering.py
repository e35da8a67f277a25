"""A door that is started again waits for the machines it knew."""

import asyncio
import logging
from pathlib import Path

import pytest

from pdm.gateway.quiet import FIRST_NS, Heard
from pdm.gateway.remembering import EVERY_S, Memory, read, remembering, write
from pdm.gateway.silence import GRACE_NS, Silence
from pdm.instant import NS
from pdm.records.block import Machine, Source

LIVE = Source("plc", "", 2 * NS)
PUMP = Heard(Machine("pump-7", "pump"), 100 * NS, 1_000 * NS)
FAN = Heard(Machine("fan-1"), 90 * NS, 900 * NS)


def run(silence: Silence, path: Path | None, now_ns: int, turns: int = 1) -> None:
    """Remember for some turns of the clock, then be cancelled."""

    async def pause(seconds: float) -> None:
        nonlocal turns
        assert seconds == EVERY_S
        if not turns:
            raise asyncio.CancelledError
        turns -= 1

    async def all_of_it() -> None:
        with pytest.raises(asyncio.CancelledError):
            await remembering(silence, path, lambda: now_ns, pause)

    asyncio.run(all_of_it())


def test_a_machine_silent_over_a_restart_is_closed_and_then_missed(tmp_path: Path) -> None:
    """Its last frame is closed by the new process, and its silence told, as the old one would have done."""
    path = tmp_path / "run" / "gateway.heard"
    before, after = Silence(NS), Silence(NS)
    before.recall([(LIVE, PUMP)])
    run(before, path, PUMP.at + NS)
    run(after, path, PUMP.at + 61 * NS)
    resumed = PUMP.at + 60 * NS
    silent = resumed + LIVE.lateness_ns + GRACE_NS + 1
    assert after.due(silent - 1) == {}
    closing = after.due(silent)
    assert list(closing[LIVE]) == [PUMP.machine]
    after.closed(LIVE, closing[LIVE])
    told = after.quiet.due(resumed + 2 * LIVE.lateness_ns + FIRST_NS)
    assert list(told[LIVE]) == [PUMP.machine]


def test_those_heard_longest_ago_come_first_the_quiet_ones_too(tmp_path: Path) -> None:
    """The order is what the walk over silent machines stops by."""
    silence = Silence(NS)
    silence.recall([(LIVE, PUMP)])
    silence.quiet.add(LIVE, FAN)
    assert [heard for _source, heard in silence.remembered()] == [FAN, PUMP]
    write(tmp_path / "heard", Memory(2_000 * NS, silence.remembered()))
    assert [heard.machine for _source, heard in read(tmp_path / "heard", 2_000 * NS)] == [
        FAN.machine,
        PUMP.machine,
    ]


def test_time_while_nobody_listened_is_nobodys_silence(tmp_path: Path) -> None:
    """A clock that was set back does not make a machine be heard earlier."""
    write(tmp_path / "heard", Memory(2_000 * NS, [(LIVE, PUMP)]))
    [(_, later)] = read(tmp_path / "heard", 2_600 * NS)
    [(_, back)] = read(tmp_path / "heard", 1_000 * NS)
    assert (later.at - PUMP.at, back.at - PUMP.at) == (600 * NS, 0)


@pytest.mark.parametrize("content", [b"", b"\xff", b"\x92\x01\x01"])
def test_a_broken_file_is_said_and_passed_over(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """The door opens all the same."""
    (tmp_path / "heard").write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert read(tmp_path / "heard", 0) == []
    assert "not known" in caplog.text


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing else suffers; and a first start finds nothing."""
    (tmp_path / "run").write_text("a file where a folder should be", "utf-8")
    silence = Silence(NS)
    with caplog.at_level(logging.WARNING):
        run(silence, tmp_path / "run" / "heard", 0)
    assert "not written down" in caplog.text
    assert silence.remembered() == []
