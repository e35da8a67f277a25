"""The keys in force."""

import os
from pathlib import Path

import pytest

from pdm.access import book
from pdm.access.file import KeysError
from pdm.access.keyring import Keyring
from pdm.access.keys import MAY, Key, Role
from pdm.plant.load import load


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a file of keys will be."""
    return tmp_path / "keys.json"


def make(path: Path, name: str = "plc") -> tuple[str, str]:
    """Create a writer's key; returns its id and text."""
    key, text = book.create(path, Key(id="", name=name, role=Role.WRITER))
    return key.id, str(text)


def test_a_key_grants_what_its_role_may(path: Path) -> None:
    """And a text that is wrong in one character, or of another id, grants nothing."""
    _, text = make(path)
    ring = Keyring(path, load())
    found = ring.find(text)
    assert found is not None
    assert (found.name, found.permissions, found.assets) == ("plc", MAY[Role.WRITER], None)
    wrong = text[:-1] + ("a" if text[-1] != "a" else "b")
    for other in (wrong, text[:-1], "", "x" * 56, f"pdm_aaaaaaaa_{text[-43:]}"):
        assert ring.find(other) is None


def test_a_change_of_the_file_counts_at_once(path: Path) -> None:
    """Also its first appearance, a revocation, and its end."""
    ring = Keyring(path, load())
    assert len(ring) == 0
    first, text = make(path)
    assert ring.find(text) is not None
    _, other = make(path, "historian")
    book.revoke(path, first)
    assert ring.find(text) is None
    assert ring.find(other) is not None
    path.unlink()
    assert len(ring) == 0


def test_a_file_damaged_while_it_runs_changes_nothing(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The keys that were in force stay so, and the log says why; at a start it is an error."""
    _, text = make(path)
    ring = Keyring(path, load())
    path.write_text("{", "utf-8")
    os.utime(path, ns=(1, 1))
    assert ring.find(text) is not None
    assert "the keys stay as they were" in caplog.text
    assert text not in caplog.text
    with pytest.raises(KeysError):
        Keyring(path, load())


def test_the_key_of_the_deployment_may_read(path: Path, tmp_path: Path) -> None:
    """Its text may be anything long enough, and the file of keys need not be there."""
    secret = tmp_path / "api_key"
    secret.write_text("0123456789abcdef" * 4 + "\n", "utf-8")
    ring = Keyring(path, load(), secret)
    found = ring.find("0123456789abcdef" * 4)
    assert found is not None
    assert found.permissions == MAY[Role.READER]
    assert ring.find("0123456789abcdef" * 3) is None
    make(path)
    assert len(ring) == 2
    secret.write_text("short", "utf-8")
    with pytest.raises(KeysError, match="has 5 characters"):
        Keyring(path, load(), secret)
