"""What is done with the file of keys: create one, revoke one, and the first of all."""

import re
import time
from pathlib import Path

from msgspec import structs

from pdm.access.file import KeysError, change, read
from pdm.access.keys import Key, Role, hashed, id_of, mint
from pdm.instant import NS, rfc3339
from pdm.records.reading import NAME
from pdm.settings import Secret

BURST_S = 10.0
"""How many seconds of its rate a key may deliver at once, unless said."""
FIRST = "first"
"""Name of the key that the first start beyond loopback creates."""
_PLACE = re.compile(r"[^/\s][^/\n]*(?:/[^/\n]+)*")


def create(path: Path, wanted: Key) -> tuple[Key, Secret]:
    """Write a new key into the file, and return it with its text, which is nowhere else.

    wanted : name, role, paths, rate and burst of the key; the rest is made up here
    raises KeysError where that cannot be meant, or the name is taken
    """
    _check(wanted)
    text = mint()
    key = structs.replace(
        wanted,
        id=id_of(text),
        created=rfc3339(time.time_ns() // NS * NS),
        burst=wanted.burst or BURST_S * wanted.rate,
        hash=hashed(text),
    )

    def added(keys: tuple[Key, ...]) -> tuple[Key, ...]:
        if key.name in {one.name for one in keys}:
            raise KeysError(f"there is a key called {key.name} already: revoke it, or take another name")
        return (*keys, key)

    change(path, added)
    return key, text


def revoke(path: Path, key_id: str) -> Key:
    """Take a key out of the file and return it; raises KeysError where there is none with this id."""
    gone: list[Key] = []

    def removed(keys: tuple[Key, ...]) -> tuple[Key, ...]:
        gone.extend(one for one in keys if one.id == key_id)
        if not gone:
            raise KeysError(f"there is no key {key_id!r} in {path}: pdmctl keys list shows what there is")
        return tuple(one for one in keys if one.id != key_id)

    change(path, removed)
    return gone[0]


def first(path: Path) -> Secret | None:
    """Create an admin key where there is no file yet, and return its text; None where there is one."""
    if path.exists():
        read(path)
        return None
    return create(path, Key(id="", name=FIRST, role=Role.ADMIN))[1]


def _check(wanted: Key) -> None:
    if not re.fullmatch(NAME, wanted.name):
        raise KeysError(f"name {wanted.name[:40]!r}: 1 to 128 of letters, digits, . _ - are allowed")
    for place in wanted.paths:
        if not _PLACE.fullmatch(place):
            raise KeysError(f"path {place[:40]!r} is no place such as north/hall-2")
    if wanted.rate < 0 or wanted.burst < 0 or (wanted.burst and not wanted.rate):
        raise KeysError("rate and burst are readings per second and readings, and burst needs a rate")
