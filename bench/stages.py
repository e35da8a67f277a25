"""Stages of the chain as the processes that users run, and how far each has come by its own metrics."""

import os
import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from msgspec import structs

from pdm.broker.ports import free_port
from pdm.broker.processes import Child
from pdm.settings import Address, Settings, environment

EVERY_S = 0.1
"""Between two looks: each costs the stage some milliseconds."""

_LAG = re.compile(r"^pdm_lag_messages\{[^}]*\} (\S+)$", re.MULTILINE)
_HANDLED = re.compile(r'^pdm_blocks_total\{stage="(\w+)"\} (\S+)$', re.MULTILINE)


class Stage:
    """One running stage."""

    def __init__(self, name: str, settings: Settings) -> None:
        self.name = name
        self.log = Path(settings.data_dir) / "logs" / f"{name}.log"
        self._port = free_port()
        own = structs.replace(settings, metrics=Address("127.0.0.1", self._port))
        command = [sys.executable, "-m", "streams", name]
        self._child = Child(command, self.log, {**os.environ, **environment(own)})

    def handled(self) -> int:
        """Count the messages it has handled; 0 while it does not answer yet.

        raises RuntimeError with its last words where it has ended
        """
        if self._child.status() is not None:
            raise RuntimeError(f"{self.name} ended:\n{self.log.read_text('utf-8')[-2_000:]}")
        return int(float(dict(_HANDLED.findall(self._page())).get(self.name, 0)))

    def waiting(self) -> int | None:
        """Count the messages that it knows of and has not handled; None while it does not know."""
        found = _LAG.findall(self._page())
        return int(sum(map(float, found))) if found else None

    def kill(self) -> None:
        """Crash it (SIGKILL)."""
        self._child.kill()

    def _page(self) -> str:
        try:
            with urlopen(f"http://127.0.0.1:{self._port}/metrics", timeout=5.0) as answer:
                page: str = answer.read().decode()
        except (URLError, ConnectionError, TimeoutError):
            return ""
        return page

    def stop(self) -> None:
        """Stop it in order."""
        self._child.stop()


@contextmanager
def running(settings: Settings, names: Sequence[str]) -> Iterator[list[Stage]]:
    """Run these stages at once."""
    stages = [Stage(name, settings) for name in names]
    try:
        yield stages
    finally:
        for stage in stages:
            stage.stop()


def watch(stages: Sequence[Stage], within: float = 300.0) -> Iterator[tuple[float, list[int]]]:
    """Yield again and again the monotonic time and how much each stage has handled.

    raises RuntimeError when the time is over
    """
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        handled = [stage.handled() for stage in stages]
        yield time.monotonic(), handled
        time.sleep(EVERY_S)
    raise RuntimeError(f"not done within {within:g} s: {handled}")
