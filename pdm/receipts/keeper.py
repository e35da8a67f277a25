"""The book as the event loop uses it: one thread writes, many requests go into one transaction."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from pdm.metrics import RECEIPTS_LOST
from pdm.receipts.book import Book
from pdm.receipts.kept import Kept

log = logging.getLogger(__name__)

T = TypeVar("T")

MOST_WAITING = 1_000
"""Receipts that may wait for the disk; beyond that they are not kept, and counted."""


class Keeper:
    """Owns a book; readings come first: what the disk does not take is counted, and refuses nobody."""

    def __init__(self, book: Book, clock_ns: Callable[[], int]) -> None:
        self._book, self._clock_ns = book, clock_ns
        self._thread = ThreadPoolExecutor(1, "receipts")
        self._waiting: list[tuple[Kept, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    def keep(self, kept: Kept) -> asyncio.Future[None] | None:
        """Have a receipt written down; the future is done when it is. None where too many are waiting."""
        if len(self._waiting) >= MOST_WAITING:
            RECEIPTS_LOST.inc()
            return None
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.append((kept, done))
        if self._writing is None:
            self._writing = loop.create_task(self._write())
        return done

    async def ask(self, question: Callable[[Book], T]) -> T:
        """Look something up, behind everything that was to be kept before."""
        if self._waiting:
            await asyncio.wait([self._waiting[-1][1]])
        return await self._do(question)

    async def _do(self, question: Callable[[Book], T]) -> T:
        """Have the thread do something."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, question, self._book)

    async def close(self) -> None:
        """Write what is waiting, and let go of the file."""
        if self._writing is not None:
            await asyncio.wait([self._writing])
        self._thread.shutdown()
        self._book.close()

    async def _write(self) -> None:
        """Write until nothing is waiting."""
        try:
            while self._waiting:
                some, self._waiting = self._waiting, []
                receipts = [kept for kept, _ in some]
                try:
                    await self._do(lambda book, now=receipts: book.write(now, self._clock_ns()))  # type: ignore[misc]
                except sqlite3.Error as error:
                    RECEIPTS_LOST.inc(len(some))
                    log.warning("%d receipts could not be written: %r", len(some), error)
                for _, done in some:
                    if not done.done():
                        done.set_result(None)
        finally:
            self._writing = None
