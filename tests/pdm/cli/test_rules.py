"""`pdmctl rules`, against the API on a real port, and alone."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fakes.outlet import Recorded
from fakes.records import make_status
from fakes.serving import Serving

from pdm.cli.main import main
from pdm.gateway.app import create_app
from pdm.plant.load import load
from pdm.store.protocol import Batch
from pdm.store.sqlite import open_writer

PACK = """\
[pack]
name = "site"
version = "1"
author = "Ann"
date = 2026-03-01
source = "meeting of March"
[[rules]]
machine = "pump-7"
quantity = "vibration"
unit = "mm/s"
limits = { high = 4.0 }
"""


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """Return where a gateway is that knows pump-7."""
    store = open_writer(tmp_path / "pdm.sqlite")
    store.record(Batch("t", 0, 0, 1, (make_status(),)))
    with Serving(create_app(load(), Recorded(store), 1, store)) as serving:
        yield serving.url
    store.close()


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Return a rule pack in a file."""
    path = tmp_path / "site.toml"
    path.write_text(PACK, "utf-8")
    return path


def run(*arguments: str | Path) -> Result:
    """Run the command as a user does."""
    return CliRunner().invoke(main, ["rules", *map(str, arguments)])


def test_a_pack_is_checked_alone_with_its_line(pack: Path) -> None:
    """Status 1 and one sentence; --json has the line as a number."""
    good = run("check", pack)
    assert (good.exit_code, "in order" in good.stdout) == (0, True), good.stderr
    pack.write_text(PACK.replace("high", "hihg"), "utf-8")
    wrong = run("check", pack)
    assert (wrong.exit_code, f"{pack}:11: unknown key 'hihg'" in wrong.stderr) == (1, True)
    assert json.loads(run("check", pack, "--json").stdout)["line"] == 11


def test_a_pack_is_held_against_a_plant_file(pack: Path, tmp_path: Path) -> None:
    """What contradicts it, and what it does not concern."""
    plant = tmp_path / "plant.toml"
    head = '[[machines]]\nasset = "pump-7"\n[machines.channels.v]\nquantity = "vibration"\nunit = "mm/s"\n'
    plant.write_text(f"{head}limits = {{ high_high = 3 }}\n", "utf-8")
    wrong = run("check", pack, "--plant", plant)
    assert (wrong.exit_code, "limits of pump-7 v would not rise" in wrong.stderr) == (1, True)
    plant.write_text(head.replace("pump-7", "pump-8"), "utf-8")
    assert "rule 1 fits no channel that is known" in run("check", pack, "--plant", plant).stderr


def test_a_pack_is_compared_put_in_force_listed_and_shown(url: str, pack: Path) -> None:
    """From the file to who and when."""
    lines = run("diff", pack, "--url", url).stdout.splitlines()
    assert lines[1].split() == ["pump-7", "de-velocity", "high", "-", "4", "mm/s", "site", "1"]
    applied = run("apply", pack, "--note", "after the trip", "--url", url)
    assert applied.exit_code == 0, applied.stderr
    assert "Nothing changes" in run("diff", pack, "--url", url).stdout
    listed = run("list", "--url", url).stdout.splitlines()[1]
    for said in ("site", "in force", "loopback", "after the trip", "meeting of March"):
        assert said in listed
    shown = run("show", "site", "--url", url).stdout
    assert shown.endswith(PACK)
    assert "by loopback: after the trip" in shown.splitlines()[0]
    missing = run("show", "other", "--url", url)
    assert (missing.exit_code, "no pack 'other' is in force" in missing.stderr) == (1, True)
