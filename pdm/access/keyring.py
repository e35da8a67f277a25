"""The keys in force: read again whenever their file changes, so that revoking needs no restart."""

import hmac
import logging
from pathlib import Path

from msgspec import structs

from pdm.access.file import KeysError, read
from pdm.access.grant import Grant, grant
from pdm.access.keys import SHORTEST, Key, Role, hashed, id_of
from pdm.plant.spec import Plant

log = logging.getLogger(__name__)

DEPLOYED = "deployment"
"""Name of the key that the deployment hands over as a secret."""
_NOBODY = "0" * 64
Stamp = tuple[int, int, int]


class Keyring:
    """Finds what a key's text grants.

    path     : the file of keys, which need not be there
    deployed : file with the text of one more key, which may read the whole plant
    raises KeysError where one of the two is there and cannot be used
    """

    def __init__(self, path: Path, plant: Plant, deployed: Path | None = None) -> None:
        self._path, self._plant = path, plant
        self._deployed = () if deployed is None else (_handed_over(deployed),)
        self._stamp: Stamp | None = _stamp(path)
        self._keys: dict[str, Key] = {}
        self._grants: dict[str, Grant] = {}
        self._take(read(path))

    def __len__(self) -> int:
        """Count the keys in force."""
        self._refresh()
        return len(self._keys)

    def find(self, text: str) -> Grant | None:
        """Return what a key grants, None where it is not in force; takes as long for any wrong text."""
        self._refresh()
        key_id = id_of(text)
        key = self._keys.get(key_id)
        same = hmac.compare_digest(hashed(text), key.hash if key else _NOBODY)
        if key is None or not same:
            return None
        known = self._grants.get(key_id)
        if known is None:
            known = self._grants[key_id] = grant(key, self._plant)
        return known

    def _refresh(self) -> None:
        """Read the file again if it is another one now; a damaged one changes nothing but the log."""
        now = _stamp(self._path)
        if now == self._stamp:
            return
        self._stamp = now
        try:
            self._take(read(self._path))
        except KeysError:
            log.exception("the keys stay as they were")

    def _take(self, keys: tuple[Key, ...]) -> None:
        self._keys = {key.id: key for key in (*keys, *self._deployed)}
        self._grants = {}


def _stamp(path: Path) -> Stamp | None:
    """Tell one version of a file from another."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _handed_over(path: Path) -> Key:
    """Read the key of the deployment; its text may be anything long enough."""
    try:
        text = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise KeysError(f"the key in {path} cannot be read: {error}") from error
    if len(text) < SHORTEST:
        raise KeysError(f"the key in {path} has {len(text)} characters, fewer than {SHORTEST}")
    nameless = Key(id=id_of(text), name=DEPLOYED, role=Role.READER)
    return structs.replace(nameless, hash=hashed(text))
