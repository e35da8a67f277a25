"""`pdmctl backup`, `restore` and `store digest`, as somebody types them."""

from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from fakes.records import make_event
from store_fixtures import Place, write

from pdm.cli.main import main
from pdm.store.digest import Digest
from pdm.store.open import open_store


def run(*words: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, words)


def test_a_store_goes_from_a_folder_to_another_engine_and_is_equal(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the plant file, and what a new installation has to repeat."""
    data, plant, out = tmp_path / "data", tmp_path / "plant.toml", tmp_path / "out"
    plant.write_text("", "utf-8")
    out.mkdir()
    with closing(open_store(f"sqlite:///{data / 'pdm.sqlite'}")) as store:
        write(store, *(make_event(n) for n in range(5)))
    (data / "keys.json").write_text("{}", "utf-8")
    monkeypatch.setenv("PDM_PLANT", str(plant))
    done = run("backup", str(out), "--data-dir", str(data))
    assert done.exit_code == 0, done.output
    (archive,) = out.iterdir()
    told = msgspec.json.decode(run("store", "digest", "--json", "--data-dir", str(data)).output, type=Digest)
    assert told.sha256 in done.output
    assert told.rows == {"events": 5, "alarms": 5, "advice": 0, "assets": 0, "control": 0}

    put = run("restore", str(archive), "--into", place.url, "--files", str(tmp_path / "files"))
    assert put.exit_code == 0, put.output
    assert told.sha256 in put.output
    assert "PDM_KEEP_EVENTS=400 d" in put.output
    assert sorted(p.name for p in (tmp_path / "files").iterdir()) == ["keys.json", "plant.toml"]
    monkeypatch.setenv("PDM_STORE", place.url)
    assert told.sha256 in run("store", "digest").output


def test_a_refusal_is_one_sentence(tmp_path: Path) -> None:
    """With status 1, and without a trace."""
    nothing = run("backup", str(tmp_path / "b.tar.gz"), "--data-dir", str(tmp_path / "none"))
    assert nothing.exit_code == 1
    assert "is no store yet" in nothing.output
    (tmp_path / "b.tar.gz").write_bytes(b"nothing")
    damaged = run("restore", str(tmp_path / "b.tar.gz"), "--into", f"sqlite:///{tmp_path / 'x.sqlite'}")
    assert damaged.exit_code == 1
    assert "is no archive of this service" in damaged.output
    assert not (tmp_path / "x.sqlite").exists()
