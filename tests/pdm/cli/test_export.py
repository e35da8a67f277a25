"""`pdmctl export`, from the files and from a service."""

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from fakes.outlet import FakeOutlet
from fakes.serving import Serving, unused_port
from histories import points, written
from logs import rows

from pdm.cli.main import main
from pdm.gateway.app import create_app
from pdm.history.query import History
from pdm.plant.load import load

ROWS = rows(2, 50, seed=7)


def export(*arguments: str) -> Result:
    """Run it as a person would."""
    return CliRunner().invoke(main, ["export", *arguments])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a data directory with a history, hours apart."""
    written(tmp_path / "history", [ROWS], [[("pump-0", 90_000, ((0, 1.0),))]])
    return tmp_path


def values(text: str) -> list[tuple[str, str, float]]:
    """Read a CSV again."""
    return [(row["asset"], row["channel"], float(row["value"])) for row in csv.DictReader(io.StringIO(text))]


def test_csv_holds_every_reading(data: Path) -> None:
    """With one header, whatever was read one after the other; progress is beside it."""
    result = export("--data-dir", str(data))
    assert result.exit_code == 0
    wanted = sorted((asset, channel, value) for asset, channel, _, value, _ in points(data / "history"))
    assert sorted(values(result.stdout)) == wanted
    assert f"{len(wanted):,} rows" in result.stderr


def test_a_service_gives_the_same(data: Path) -> None:
    """Machine by machine, page by page."""
    app = create_app(load(), FakeOutlet(), 1, history=History(data / "history"))
    with Serving(app) as serving:
        asked = ["--url", serving.url, "--asset", "pump-0", "--asset", "pump-1"]
        result = export(*asked, "--to", "2023-12-01T00:00:00Z")
    assert result.exit_code == 0, result.output
    assert sorted(values(result.stdout)) == sorted(values(export("--data-dir", str(data)).stdout))


def test_parquet_and_json_lines_go_into_a_file(data: Path, tmp_path: Path) -> None:
    """Filtered by machine, channel and time."""
    asked = [
        "--data-dir",
        str(data),
        "--asset",
        "pump-1",
        "--channel",
        "current",
        "--to",
        "2023-11-14T22:13:30Z",
    ]
    for kind in ("parquet", "jsonl"):
        assert export(*asked, "--format", kind, "--out", str(tmp_path / kind)).exit_code == 0
    found = pq.read_table(tmp_path / "parquet")
    lines = [json.loads(line) for line in (tmp_path / "jsonl").read_text().splitlines()]
    assert [line["value"] for line in lines] == found["value"].to_pylist()
    assert {(line["asset"], line["channel"]) for line in lines} == {("pump-1", "current")}
    assert len(lines) <= 10


def test_a_step_writes_averages(data: Path) -> None:
    """All of them."""
    head = export("--data-dir", str(data), "--step", "1m").stdout.splitlines()[0]
    assert head.endswith('"time","mean","min","max","last","count"')


def test_what_cannot_be_meant_is_a_usage_error() -> None:
    """Before anything is written."""
    assert export("--from", "yesterday").exit_code == 2
    assert export("--step", "1 fortnight").exit_code == 2
    result = export("--url", f"http://127.0.0.1:{unused_port()}", "--asset", "a")
    assert (result.exit_code, "nothing answers" in result.output) == (1, True)
