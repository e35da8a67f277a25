"""The file that says where a running service is."""

from pathlib import Path

from pdm.supervision import record
from pdm.supervision.record import ServiceRecord


def test_what_is_written_is_read_until_it_is_removed(tmp_path: Path) -> None:
    """None means that no service runs; removing twice is no error, and no part is left beside it."""
    one = ServiceRecord(7, "127.0.0.1:9", "http://127.0.0.1:8", "/d", {"align": 8}, {"align": "127.0.0.1:7"})
    assert record.read(tmp_path) is None
    record.write(tmp_path, one)
    assert record.read(tmp_path) == one
    assert [file.name for file in (tmp_path / "run").iterdir()] == ["service.json"]
    record.remove(tmp_path)
    record.remove(tmp_path)
    assert record.read(tmp_path) is None
