"""The keeper: many receipts in one transaction, bounded, and behind what was to be kept before."""

import asyncio
from collections.abc import Sequence

import pytest
from prometheus_client import REGISTRY

from pdm.receipts import keeper as module
from pdm.receipts.book import Book
from pdm.receipts.keeper import Keeper
from pdm.receipts.kept import Kept

NOW = 1_800_000_000 * 10**9


def kept(number: int) -> Kept:
    """Make a receipt."""
    return Kept(f"id-{number}", NOW, "/v1/readings", "plc", "", b"", 202, "application/json", b"{}", 1, 0)


class Counting(Book):
    """Counts transactions."""

    sizes: list[int]

    def write(self, receipts: Sequence[Kept], now_ns: int) -> None:
        """Write, and count."""
        self.sizes.append(len(receipts))
        super().write(receipts, now_ns)


def test_what_waits_together_is_written_together() -> None:
    """And whoever asks sees all of it."""

    async def use() -> tuple[list[int], int]:
        book = Counting(None)
        book.sizes = []
        keeper = Keeper(book, lambda: NOW)
        done = [keeper.keep(kept(number)) for number in range(50)]
        seen = len(await keeper.ask(lambda held: held.lines(None, 0, None, 100)))
        assert all(one is not None and one.done() for one in done)
        await keeper.close()
        return book.sizes, seen

    assert asyncio.run(use()) == ([50], 50)


def test_a_disk_that_is_too_slow_costs_receipts_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are counted."""
    monkeypatch.setattr(module, "MOST_WAITING", 2)
    before = REGISTRY.get_sample_value("pdm_receipts_lost_total") or 0.0

    async def use() -> list[bool]:
        keeper = Keeper(Book(None), lambda: NOW)
        found = [keeper.keep(kept(number)) is not None for number in range(3)]
        await keeper.close()
        return found

    assert asyncio.run(use()) == [True, True, False]
    assert REGISTRY.get_sample_value("pdm_receipts_lost_total") == before + 1
