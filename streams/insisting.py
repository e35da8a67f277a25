"""Asking a store that may be away: again and again, at growing intervals, and visibly."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from pdm import metrics
from pdm.store.errors import StoreAwayError

log = logging.getLogger(__name__)

T = TypeVar("T")

FIRST_S, LONGEST_S = 0.1, 2.0


async def ask(call: Callable[[], T], wanted: Callable[[], bool]) -> T | None:
    """Return what `call` returns, from a thread of its own, as soon as the store answers.

    wanted : asked before each further try; None is returned when it says no
    """
    for pause in _pauses():
        try:
            answer = await asyncio.to_thread(call)
        except StoreAwayError as error:
            _away(error)
        else:
            _here()
            return answer
        await asyncio.sleep(pause)
        if not wanted():
            return None
    return None


def await_store(call: Callable[[], T]) -> T:
    """Return what `call` returns as soon as the store answers; for the start, when nothing else runs."""
    for pause in _pauses():
        try:
            answer = call()
        except StoreAwayError as error:
            _away(error)
            time.sleep(pause)
        else:
            break
    _here()
    return answer


def _pauses() -> Iterator[float]:
    pause = FIRST_S
    while True:
        yield pause
        pause = min(LONGEST_S, 2 * pause)


def _away(error: StoreAwayError) -> None:
    log.warning("the store is away, trying again: %s", error)
    metrics.STORE_FAILURES.inc()
    metrics.STORE_UP.set(0)


def _here() -> None:
    metrics.STORE_UP.set(1)
