"""`pdmctl keys`."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from pdm.access.file import read
from pdm.cli.main import main


def pdmctl(folder: Path, *arguments: str) -> Result:
    """Run a command on the keys in this folder."""
    return CliRunner().invoke(main, ["keys", *arguments, "--data-dir", str(folder)])


def test_create_list_revoke(tmp_path: Path) -> None:
    """The key alone is on standard output, once; lists show everything but key and hash."""
    made = pdmctl(tmp_path, "create", "--name", "plc", "--role", "writer", "--path", "north", "--rate", "500")
    (key,) = read(tmp_path / "keys.json")
    assert made.stdout.startswith(f"pdm_{key.id}_")
    assert len(made.stdout.splitlines()) == 1
    assert "not shown again" in made.stderr
    listed = pdmctl(tmp_path, "list").stdout
    assert all(word in listed for word in (key.id, "plc", "writer", "north", "500"))
    assert made.stdout.strip() not in listed
    assert key.hash not in listed
    assert f"key {key.id} of plc" in pdmctl(tmp_path, "revoke", key.id).stdout
    assert "No keys." in pdmctl(tmp_path, "list").stdout


def test_json(tmp_path: Path) -> None:
    """One object each; only `create` has the key."""
    made = json.loads(pdmctl(tmp_path, "create", "--name", "wall", "--role", "reader", "--json").stdout)
    assert made["key"].startswith(f"pdm_{made['id']}_")
    shown = {name: value for name, value in made.items() if name != "key"}
    assert "hash" not in shown
    assert json.loads(pdmctl(tmp_path, "list", "--json").stdout) == {"keys": [shown]}
    assert json.loads(pdmctl(tmp_path, "revoke", made["id"], "--json").stdout) == {"revoked": shown}


def test_what_cannot_be_done_is_said_in_a_sentence(tmp_path: Path) -> None:
    """With status 1, and no trace."""
    for arguments in (("revoke", "nobody"), ("create", "--name", "a b", "--role", "writer")):
        done = pdmctl(tmp_path, *arguments)
        assert done.exit_code == 1
        assert done.stderr.startswith("Error: ")
