"""Folders in the layout of the Numenta Anomaly Benchmark."""

from pathlib import Path

import numpy as np
import pytest

from pdm.evaluate.nab_folder import NabError, read

ROWS = "timestamp,value\n2014-04-01 00:00:00,1.5\n2014-04-01 00:05:00,\n2014-04-01 00:10:00,-2\n"


def folder(path: Path, windows: str, rows: str = ROWS) -> Path:
    """Write a folder of one file."""
    (path / "a").mkdir()
    (path / "a" / "b.csv").write_text(rows, "utf-8")
    (path / "windows.json").write_text(windows, "utf-8")
    return path


def test_rows_and_windows_are_read(tmp_path: Path) -> None:
    """Times, an empty field as NaN, and the rows between two times."""
    windows = '{"a/b.csv": [["2014-04-01 00:05:00.000000", "2014-04-01 00:10:00.000000"]]}'
    (one,) = read(folder(tmp_path, windows))
    assert (one.name, one.category, one.windows) == ("a/b.csv", "a", ((1, 2),))
    assert np.diff(one.times).tolist() == [300.0, 300.0]
    assert one.values[[0, 2]].tolist() == [1.5, -2.0]
    assert np.isnan(one.values[1])


@pytest.mark.parametrize(
    ("windows", "rows", "said"),
    [
        ("{", ROWS, "windows.json"),
        ("{}", ROWS, "names no file"),
        ('{"a/c.csv": []}', ROWS, "c.csv"),
        ('{"a/b.csv": [["2015-01-01", "2015-01-02"]]}', ROWS, "no row between"),
        ('{"a/b.csv": [["soon", "2015-01-02"]]}', ROWS, "soon"),
        ('{"a/b.csv": []}', ROWS + "2014-04-01 00:15:00,high\n", "b.csv:5"),
        ('{"a/b.csv": []}', "time,value\n1,2\n", "b.csv:2"),
        ('{"a/b.csv": []}', "timestamp,value\n", "has no row"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, windows: str, rows: str, said: str) -> None:
    """The file, and the line where there is one."""
    with pytest.raises(NabError, match=said):
        read(folder(tmp_path, windows, rows))
