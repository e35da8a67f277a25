"""The book of receipts: found again for a day, bounded, and there after a restart."""

from pathlib import Path
from typing import Any

from pdm.receipts.book import DAY_NS, Book, open_book
from pdm.receipts.kept import Kept

NOW = 1_800_000_000 * 10**9


def kept(number: int, **changes: Any) -> Kept:
    """Make a receipt."""
    usual: dict[str, Any] = {
        "id": f"id-{number}",
        "time_ns": NOW + number,
        "path": "/v1/readings",
        "source": "plc",
        "key": f"key-{number}",
        "digest": b"d",
        "status": 202,
        "media_type": "application/json",
        "body": b'{"accepted":1}' * 50,
        "accepted": 1,
        "refused": 0,
    }
    return Kept(**{**usual, **changes})


def test_a_key_is_found_by_its_source_and_path_alone(tmp_path: Path) -> None:
    """And after the file was opened again."""
    book = Book(tmp_path / "receipts.sqlite")
    book.write([kept(1), kept(2)], NOW)
    book.close()
    book = Book(tmp_path / "receipts.sqlite")
    assert book.repeated("plc", "/v1/readings", "key-1", NOW) == kept(1)
    assert book.repeated("other", "/v1/readings", "key-1", NOW) is None
    assert book.repeated("plc", "/v1/waveforms", "key-1", NOW) is None
    assert book.receipt("id-2", NOW) == kept(2)
    book.close()


def test_a_day_later_it_is_forgotten() -> None:
    """Not found any more, and gone from the file with the next write."""
    book = Book(None)
    book.write([kept(1)], NOW)
    assert book.repeated("plc", "/v1/readings", "key-1", NOW + DAY_NS + 1) is None
    book.write([kept(2, time_ns=NOW + DAY_NS)], NOW + DAY_NS + 2)
    assert [line.id for _, line in book.lines(None, 0, None, 10)] == ["id-2"]
    book.write([kept(3, key="key-2", time_ns=NOW + DAY_NS)], NOW + DAY_NS + 2)
    assert [line.id for _, line in book.lines(None, 0, None, 10)] == ["id-3"]
    book.close()


def test_rows_and_bytes_are_bounded() -> None:
    """The oldest go first."""
    book = Book(None, rows=3)
    book.write([kept(n) for n in range(10)], NOW)
    assert [line.id for _, line in book.lines(None, 0, None, 10)] == ["id-9", "id-8", "id-7"]
    book.close()
    book = Book(None, size=100)
    book.write([kept(n, body=bytes(range(60))) for n in range(10)], NOW)
    assert len(book.lines(None, 0, None, 10)) == 1
    book.close()


def test_receipts_without_a_key_stand_beside_one_another() -> None:
    """Listed the latest first, page by page, by source and time."""
    book = Book(None)
    book.write([kept(n, key="", source="plc" if n % 2 else "scada") for n in range(6)], NOW)
    (first, a), (second, b) = book.lines("plc", 0, None, 2)
    assert (a.id, b.id, first > second) == ("id-5", "id-3", True)
    assert [line.id for _, line in book.lines("plc", 0, second, 2)] == ["id-1"]
    assert [line.id for _, line in book.lines(None, NOW + 4, None, 9)] == ["id-5", "id-4"]
    book.close()


def test_a_file_that_cannot_be_used_stops_nobody(tmp_path: Path) -> None:
    """The gateway starts, and keeps receipts as long as it runs."""
    damaged = tmp_path / "receipts.sqlite"
    damaged.write_bytes(b"no database" * 1_000)
    for file in (damaged, tmp_path / "receipts.sqlite" / "below-a-file"):
        book = open_book(file)
        book.write([kept(1)], NOW)
        assert book.receipt("id-1", NOW) == kept(1)
        book.close()
