"""Several supervised processes together."""

import logging
import threading
from collections.abc import Callable

import pytest

from pdm.supervision.fleet import Fleet


class FakeMember:
    """A member that notes what is done to it in a journal shared with the others."""

    def __init__(self, name: str, journal: list[str], tend: Callable[[], bool] = lambda: False) -> None:
        self.name = name
        self.restarts = 0
        self.pid: int | None = None
        self._journal = journal
        self._tend = tend

    def start(self) -> None:
        """Note the start."""
        self.pid = len(self._journal)
        self._journal.append(f"start {self.name}")

    def tend(self) -> bool:
        """Do what the test wants."""
        return self._tend()

    def stop(self) -> None:
        """Note the stop."""
        self.pid = None
        self._journal.append(f"stop {self.name}")

    def kill(self) -> None:
        """Note the crash."""
        self.pid = None
        self._journal.append(f"kill {self.name}")


def test_what_was_added_first_starts_first_and_stops_last() -> None:
    """The broker before those who need it; the reader of a topic stops after its writer."""
    journal: list[str] = []
    fleet = Fleet(lambda: journal.append("changed"))
    fleet.add([FakeMember("kafka", journal)])
    fleet.add([FakeMember("gateway", journal), FakeMember("align", journal)])
    assert journal == ["start kafka", "changed", "start align", "start gateway", "changed"]
    fleet.stop()
    assert journal[5:] == ["stop gateway", "stop align", "stop kafka"]


def test_one_can_be_restarted_or_killed_alone() -> None:
    """Each is a change that is told; an unknown name is an error."""
    journal: list[str] = []
    fleet = Fleet(lambda: journal.append("changed"))
    fleet.add([FakeMember("gateway", journal), FakeMember("align", journal)])
    del journal[:]
    fleet.restart("align")
    fleet.kill("gateway")
    assert journal == ["stop align", "start align", "changed", "kill gateway", "changed"]
    assert list(fleet.pids()) == ["align"]
    with pytest.raises(KeyError):
        fleet.restart("nobody")


def test_members_are_tended_until_the_stop_whatever_happens(caplog: pytest.LogCaptureFixture) -> None:
    """A bug in tending is logged with its trace, and tending goes on."""
    went_on = threading.Event()
    rounds: list[int] = []

    def tend() -> bool:
        rounds.append(1)
        if len(rounds) == 1:
            raise RuntimeError("a bug")
        went_on.set()
        return True

    changes: list[str] = []
    fleet = Fleet(lambda: changes.append("changed"))
    fleet.add([FakeMember("align", [], tend)])
    with caplog.at_level(logging.ERROR):
        fleet.watch()
        assert went_on.wait(30)
        fleet.stop()
    assert len(changes) >= 2
    assert "RuntimeError: a bug" in caplog.text
