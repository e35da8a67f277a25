"""The end of a recovery is not missed."""

import asyncio

import pytest

from streams import recovering
from streams.recovering import End


class FakeRecovery:
    """A recovery with something left to read, until the test says otherwise."""

    in_recovery = True
    left = 1

    def need_recovery(self) -> bool:
        """Tell whether anything is left."""
        return self.left > 0


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look again at once."""
    monkeypatch.setattr(recovering, "LOOK_S", 0.001)


def test_an_end_before_anybody_waited_is_seen() -> None:
    """Set and cleared at once, as Faust does: whoever comes afterwards does not wait for ever."""

    async def run() -> None:
        recovery = FakeRecovery()
        end = End(recovery)
        end.set()
        end.clear()
        recovery.in_recovery, recovery.left = False, 0
        await end.wait()

    asyncio.run(run())


def test_who_waits_is_told_when_all_has_been_read_and_not_before() -> None:
    """As long as anything is left, time alone ends nothing."""

    async def run() -> None:
        recovery = FakeRecovery()
        end = End(recovery)
        waiting = asyncio.create_task(end.wait())
        done, _ = await asyncio.wait({waiting}, timeout=0.05)
        assert not done
        end.set()
        await waiting

    asyncio.run(run())
