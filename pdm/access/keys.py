"""API keys as values: what their text looks like, what is kept of it, and what each role may do.

A key is 256 random bits, so its SHA-256 is all that has to be kept: nobody can try that many, and a
slow hash (bcrypt, Argon2), which makes up for passwords that people choose, would only cost every
request its time.
"""

import re
import secrets
from enum import StrEnum
from hashlib import sha256

from msgspec import Struct

from pdm.settings import Secret

SECRET_BYTES = 32
SHORTEST = 32
"""Characters of a key that somebody else made; below that it could be guessed."""
_TEXT = re.compile(r"pdm_([a-z2-7]{8})_[A-Za-z0-9_-]{43}")
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


class Permission(StrEnum):
    """What can be allowed."""

    DELIVER = "deliver"
    """Post readings, and say that a source has ended."""
    READ = "read"
    """See machines, events, advice, backlog and metrics."""
    ACT = "act"
    """Change anything else that the API lets people change."""
    RULE = "change rules"
    """Put limits and rules in force."""


class Role(StrEnum):
    """What a key is for."""

    WRITER = "writer"
    READER = "reader"
    OPERATOR = "operator"
    ADMIN = "admin"


MAY: dict[Role, frozenset[Permission]] = {
    Role.WRITER: frozenset({Permission.DELIVER}),
    Role.READER: frozenset({Permission.READ}),
    Role.OPERATOR: frozenset({Permission.READ, Permission.ACT}),
    Role.ADMIN: frozenset(Permission),
}
"""What each role may do; only an admin both delivers and reads."""


class Key(Struct, frozen=True, kw_only=True):
    """What is kept of a key.

    name    : who has it; also the source of what it delivers
    paths   : ISA-95 places whose machines it reaches, "north/hall-2"; none for the whole plant
    created : RFC 3339
    rate    : readings per second that it may deliver in the long run; 0 where there is no limit
    burst   : readings it may deliver at once after a pause
    hash    : SHA-256 of the key's text, in hexadecimal
    """

    id: str
    name: str
    role: Role
    paths: tuple[str, ...] = ()
    created: str = ""
    rate: float = 0.0
    burst: float = 0.0
    hash: str = ""

    @property
    def permissions(self) -> frozenset[Permission]:
        """What it may do."""
        return MAY[self.role]


def mint() -> Secret:
    """Make up the text of a new key: pdm_ID_SECRET."""
    key_id = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return Secret(f"pdm_{key_id}_{secrets.token_urlsafe(SECRET_BYTES)}")


def id_of(text: str) -> str:
    """Read the id in a key's text; "" where the text is none of ours."""
    found = _TEXT.fullmatch(text)
    return found[1] if found else ""


def hashed(text: str) -> str:
    """Return what is kept of a key's text."""
    return sha256(text.encode()).hexdigest()
