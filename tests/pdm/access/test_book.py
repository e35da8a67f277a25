"""Creating and revoking keys in their file."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from msgspec import structs

from pdm.access import book
from pdm.access.file import KeysError, read
from pdm.access.keys import Key, Role, hashed


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a file of keys will be."""
    return tmp_path / "data" / "keys.json"


def wanted(name: str = "plc", role: Role = Role.WRITER) -> Key:
    """Return what somebody asks for."""
    return Key(id="", name=name, role=role)


def test_the_file_has_the_hash_and_is_for_its_owner_alone(path: Path) -> None:
    """Not the key's text, and mode 0600."""
    key, text = book.create(path, structs.replace(wanted(), paths=("north/hall-2",), rate=100.0))
    assert read(path) == (key,)
    assert key.hash == hashed(text)
    assert (key.rate, key.burst) == (100.0, 1000.0)
    assert str(text).rpartition("_")[2] not in path.read_text("utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {one.name for one in path.parent.iterdir()} == {"keys.json", "keys.json.lock"}


def test_a_revoked_key_is_gone_and_its_name_free(path: Path) -> None:
    """The others stay."""
    first, second = (book.create(path, wanted(name))[0] for name in ("plc", "historian"))
    assert book.revoke(path, first.id) == first
    assert read(path) == (second,)
    with pytest.raises(KeysError, match="there is no key"):
        book.revoke(path, first.id)
    assert book.create(path, wanted("plc"))[0].name == "plc"


@pytest.mark.parametrize(
    "key",
    [
        wanted("a b"),
        wanted(""),
        structs.replace(wanted(), paths=("",)),
        structs.replace(wanted(), paths=("/north",)),
        structs.replace(wanted(), paths=("north/",)),
        structs.replace(wanted(), burst=5.0),
    ],
)
def test_what_cannot_be_meant_is_refused(path: Path, key: Key) -> None:
    """And no file is made."""
    with pytest.raises(KeysError):
        book.create(path, key)
    assert not path.exists()


def test_a_name_is_there_once(path: Path) -> None:
    """It is a source, and two keys for one could not be told apart."""
    book.create(path, wanted())
    with pytest.raises(KeysError, match="called plc already"):
        book.create(path, wanted())


def test_two_at_once_lose_nothing(path: Path) -> None:
    """Each waits for the other's file."""
    names = [f"plc-{n}" for n in range(16)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: book.create(path, wanted(name)), names))
    assert sorted(key.name for key in read(path)) == sorted(names)


def test_the_first_key_is_made_once(path: Path) -> None:
    """An admin's; a file that is there, even empty of keys, is left alone."""
    text = book.first(path)
    assert text is not None
    (key,) = read(path)
    assert (key.name, key.role, key.hash) == ("first", Role.ADMIN, hashed(text))
    assert book.first(path) is None
    book.revoke(path, key.id)
    assert book.first(path) is None


def test_a_damaged_file_is_an_error_and_stays_as_it_is(path: Path) -> None:
    """Nobody's keys are overwritten because a file could not be read."""
    path.parent.mkdir()
    path.write_text("{", "utf-8")
    for attempt in (lambda: book.first(path), lambda: book.create(path, wanted())):
        with pytest.raises(KeysError, match="is no file of keys"):
            attempt()
    assert path.read_text("utf-8") == "{"
