"""`pdmctl maintenance`, and what `pdmctl fit` makes of it, against the API on a real port."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fakes.outlet import Recorded
from fakes.records import make_status
from fakes.serving import Serving

from pdm.cli.main import main
from pdm.fitting.stretch import stretch
from pdm.gateway.app import create_app
from pdm.plant.load import load
from pdm.replay.layout import Layout, read_layout
from pdm.replay.recording import Recording
from pdm.store.protocol import Batch
from pdm.store.sqlite import open_writer


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """Return where a gateway is that knows pump-7."""
    store = open_writer(tmp_path / "pdm.sqlite")
    store.record(Batch("t", 0, 0, 1, (make_status(),)))
    with Serving(create_app(load(), Recorded(store), 1, store)) as serving:
        yield serving.url
    store.close()


def run(*arguments: str) -> Result:
    """Run the command as a user does."""
    return CliRunner().invoke(main, ["maintenance", *arguments])


def test_maintenance_is_announced_listed_and_ended(url: str) -> None:
    """Each answer is a line; --json is one object."""
    begun = run(
        "add", "pump-7", "--kind", "repair", "--from", "2026-01-01T00:00:00Z", "--id", "m-1", "--url", url
    )
    assert begun.exit_code == 0, begun.stderr
    assert "pump-7  repair" in begun.stdout
    assert json.loads(run("list", "--url", url, "--json").stdout)["items"][0]["to"] is None
    assert "ended by loopback" in run("end", "m-1", "--to", "2026-01-02T00:00:00Z", "--url", url).stdout
    again = run("end", "m-1", "--url", url)
    assert (again.exit_code, "over since 2026-01-02T00:00:00Z" in again.stderr) == (1, True)
    planned = (
        "add",
        "pump-7",
        "--kind",
        "outage",
        "--from",
        "2036-01-01T00:00:00Z",
        "--id",
        "m-2",
        "--url",
        url,
    )
    assert run(*planned).exit_code == 0
    assert "cancelled by loopback" in run("end", "m-2", "--cancel", "--url", url).stdout
    lines = run("list", "--asset", "pump-7", "--url", url).stdout.splitlines()
    assert [line.split()[-1] for line in lines] == ["id", "m-2", "m-1"]
    assert "No maintenance" in run("list", "--asset", "pump-8", "--url", url).stdout


def test_what_is_refused_is_told_in_a_sentence(url: str) -> None:
    """In the words of the API."""
    wrong = run("add", "pump-8", "--kind", "repair", "--url", url)
    assert (wrong.exit_code, "no machine 'pump-8'" in wrong.stderr) == (1, True)
    assert run("add", "pump-7", "--kind", "party", "--url", url).exit_code == 2
    assert run("end", "m-9", "--cancel", "--to", "2026-01-01T00:00:00Z", "--url", url).exit_code == 2


def test_a_fit_leaves_maintenance_out(tmp_path: Path) -> None:
    """The frames that fell into it are not in what is fitted."""
    layout = tmp_path / "layout.toml"
    layout.write_text(
        'time = "time"\ntime_format = "s"\n[columns]\n'
        'v = { channel = "v", quantity = "temperature", unit = "degC" }\n',
        "utf-8",
    )
    lines = [f"{1_700_000_000 + second},{second % 7}" for second in range(100)]
    (tmp_path / "pump-7.csv").write_text("\n".join(["time,v", *lines]) + "\n", "utf-8")
    said: Layout = read_layout(layout)
    recording = Recording("pump-7", tmp_path / "pump-7.csv", said)
    whole = stretch(load(), recording)
    span = ((1_700_000_010 * 10**9, 1_700_000_030 * 10**9),)
    part = stretch(load(), recording, span)
    assert (len(whole.X), whole.left_out) == (100, 0)
    assert (len(part.X), part.left_out) == (80, 20)
    assert part.X[10, 0] == whole.X[30, 0]
