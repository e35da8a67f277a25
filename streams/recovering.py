"""The end of a recovery, which Faust may miss.

It tells itself that the changelog has been read by setting an event, and clears that again at once. When
little has to be read, that may be over before it begins to wait, and then it waits for ever: the worker
lives, owns its partitions, and reads nothing.
"""

import asyncio
from typing import Any, Literal, Protocol

import faust

LOOK_S = 1.0
"""How long it may wait before it looks whether the end has come already."""


class Recovering(Protocol):
    """What is asked of Faust's recovery: whether it goes on, and whether anything is left to read."""

    in_recovery: bool

    def need_recovery(self) -> bool:
        """Tell whether anything is left to read."""


class End(asyncio.Event):
    """Set when a recovery has ended, also for who comes too late to see it."""

    def __init__(self, recovery: Recovering) -> None:
        super().__init__()
        self._recovery = recovery

    async def wait(self) -> Literal[True]:
        """Return when the recovery has ended."""
        while True:
            try:
                await asyncio.wait_for(super().wait(), LOOK_S)
            except TimeoutError:
                if self._recovery.in_recovery or self._recovery.need_recovery():
                    continue
            return True


def never_miss_the_end(app: faust.App) -> None:
    """Give an application's recovery this event."""
    tables: Any = app.tables
    recovery = tables.recovery
    recovery._signal_recovery_end = End(recovery)  # noqa: SLF001  (there is no public way)
