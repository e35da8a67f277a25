"""The spool: in order, bounded, and whole after crashes and power cuts."""

from pathlib import Path

import pytest

from pdm.client.spool import Spool, SpoolError, SpoolFullError


def emptied(spool: Spool, most: int = 3) -> list[bytes]:
    """Take everything out, batch by batch."""
    found: list[bytes] = []
    while batch := spool.batch(most, 1_000):
        found += batch.records
        spool.arrived(batch)
    return found


def test_records_come_out_as_they_went_in(tmp_path: Path) -> None:
    """Over many files, and over a restart; files that are done with are gone."""
    spool = Spool(tmp_path, 4_000)
    records = [f"record {i}".encode() for i in range(100)]
    for record in records[:60]:
        spool.append([record])
    assert spool.pending == 60
    spool.close()
    spool = Spool(tmp_path, 4_000)
    spool.append(records[60:])
    assert emptied(spool) == records
    assert spool.pending == 0
    assert len(list(tmp_path.glob("*.seg"))) == 1
    spool.close()


def test_a_full_spool_keeps_what_it_has(tmp_path: Path) -> None:
    """What is new is refused, until something has arrived."""
    spool = Spool(tmp_path, 800)
    held = 800 // (8 + 4)
    for i in range(held):
        spool.append([b"%04d" % i])
    with pytest.raises(SpoolFullError):
        spool.append([b"more"])
    assert spool.pending == held
    found = emptied(spool)
    assert found == [b"%04d" % i for i in range(held)]
    spool.append([b"more"])
    assert emptied(spool) == [b"more"]
    spool.close()


def test_a_batch_that_was_under_way_comes_again_as_it_was(tmp_path: Path) -> None:
    """The same records under the same key, although there are more by now; half of it if it was too much."""
    spool = Spool(tmp_path)
    spool.append([b"a", b"b", b"c"])
    before = spool.batch(10, 1_000)
    spool.append([b"d"])
    spool.close()
    spool = Spool(tmp_path)
    assert before is not None
    assert spool.batch(10, 1_000) == before
    spool.shorten(before)
    half = spool.batch(10, 1_000)
    assert half is not None
    assert (half.records, half.key == before.key) == ([b"a"], False)
    spool.arrived(half)
    assert emptied(spool, 10) == [b"b", b"c", b"d"]
    spool.close()


def test_what_a_power_cut_left_half_written_is_cut_off(tmp_path: Path) -> None:
    """The records before it are whole, and new ones follow them; numbers that were sent do not come again."""
    spool = Spool(tmp_path)
    spool.append([b"first", b"second"])
    spool.close()
    (segment,) = tmp_path.glob("*.seg")
    segment.write_bytes(segment.read_bytes()[:-3])
    spool = Spool(tmp_path)
    assert spool.pending == 1
    spool.append([b"third"])
    assert emptied(spool) == [b"first", b"third"]
    spool.close()
    segment.write_bytes(b"")
    spool = Spool(tmp_path)
    spool.append([b"fourth"])
    batch = spool.batch(1, 100)
    assert batch is not None
    assert (batch.first, batch.records) == (2, [b"fourth"])
    spool.close()


def test_a_cursor_that_was_torn_costs_one_step_at_most(tmp_path: Path) -> None:
    """Its two slots are written by turns."""
    spool = Spool(tmp_path)
    spool.append([b"a", b"b"])
    batch = spool.batch(1, 100)
    assert batch is not None
    spool.arrived(batch)
    spool.close()
    cursor = tmp_path / "cursor"
    whole = bytearray(cursor.read_bytes())
    whole[5] ^= 0xFF
    cursor.write_bytes(bytes(whole))
    spool = Spool(tmp_path)
    again = spool.batch(1, 100)
    assert again is not None
    assert again.records in ([b"a"], [b"b"])
    spool.close()


def test_a_folder_has_one_owner(tmp_path: Path) -> None:
    """Two clients in one folder would mix their readings."""
    spool = Spool(tmp_path)
    with pytest.raises(SpoolError, match="another process"):
        Spool(tmp_path)
    spool.close()
    Spool(tmp_path).close()
