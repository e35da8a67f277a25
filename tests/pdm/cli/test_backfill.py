"""`pdmctl import readings`, against a gateway on a real port."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from fakes.outlet import FakeOutlet
from fakes.serving import Serving

from pdm.cli.main import main
from pdm.gateway.app import create_app
from pdm.plant.load import load

LAYOUT = """
time = "at"
delimiter = ";"
[columns]
v = { channel = "de-velocity", quantity = "vibration", unit = "mm/s" }
"""


def import_readings(outlet: FakeOutlet, *arguments: str) -> Result:
    """Run it against a gateway that takes everything."""
    with Serving(create_app(load(), outlet, 1)) as serving:
        return CliRunner().invoke(main, ["import", "readings", *arguments, "--url", serving.url])


@pytest.fixture
def layout(tmp_path: Path) -> str:
    """Return a layout file."""
    (tmp_path / "layout.toml").write_text(LAYOUT)
    return str(tmp_path / "layout.toml")


def values(outlet: FakeOutlet) -> list[float]:
    """Return everything that was sent, in its order."""
    return [v for flush in outlet.history for one in flush for v in np.frombuffer(one.block.value).tolist()]


def test_a_csv_file_is_told_with_what_was_refused(tmp_path: Path, layout: str) -> None:
    """Counts, reasons, and the first of them in full."""
    recorded = tmp_path / "fan.csv"
    recorded.write_text("at;v\n2026-01-01 00:00:00;2.5\n2026-01-01 00:00:01;1e30\n")
    outlet = FakeOutlet()
    result = import_readings(outlet, str(recorded), "--layout", layout)
    assert result.exit_code == 0, result.output
    assert "1 readings accepted, 1 rejected" in result.output
    assert "fan.csv: out_of_range" in result.output
    assert values(outlet) == [0.0025]


def test_a_parquet_file_of_readings_needs_no_layout(tmp_path: Path) -> None:
    """One reading a row, as an export has them."""
    columns = {"asset": ["fan", "fan"], "channel": ["t", "t"], "quantity": ["temperature"] * 2}
    time = pa.array([1_767_225_600_000_000_000, 1_767_225_601_500_000_000]).cast(pa.timestamp("ns", "UTC"))
    columns |= {"unit": ["K", "degC"], "quality": ["good", "bad"]}
    pq.write_table(pa.table({**columns, "time": time, "value": [300.0, 0.0]}), tmp_path / "a.parquet")
    outlet = FakeOutlet()
    result = import_readings(outlet, str(tmp_path / "a.parquet"), "--json")
    assert json.loads(result.stdout)["accepted"] == 2
    (packed,) = outlet.history[0]
    assert np.frombuffer(packed.block.time, "<i8").tolist() == [
        1_767_225_600_000_000_000,
        1_767_225_601_500_000_000,
    ]
    assert np.frombuffer(packed.block.quality, "u1").tolist() == [3, 1]
    assert values(outlet) == [300.0, 273.15]


def test_a_parquet_file_of_columns_needs_a_layout(tmp_path: Path, layout: str) -> None:
    """Empty cells and NaN are missing; the machine is the file's name, or --asset."""
    table = pa.table({"at": ["2026-01-01T00:00:00Z"] * 3, "v": [1.0, None, float("nan")]})
    pq.write_table(table, tmp_path / "fan.parquet")
    outlet = FakeOutlet()
    asked = (str(tmp_path / "fan.parquet"), "--layout", layout, "--asset", "fan-2")
    assert import_readings(outlet, *asked).exit_code == 0
    assert b"fan-2" in bytes(outlet.history[0][0].block.machines)
    assert values(outlet) == [0.001]


@pytest.mark.parametrize("content", ["columns", "damage"])
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, content: str) -> None:
    """In one sentence with its name."""
    path = tmp_path / "x.parquet"
    if content == "columns":
        pq.write_table(pa.table({"a": [1]}), path)
    else:
        path.write_bytes(b"nothing")
    result = import_readings(FakeOutlet(), str(path))
    assert result.exit_code == 1
    assert "x.parquet" in result.output
