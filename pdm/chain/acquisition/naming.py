"""Names of others made to fit: what has other letters than a name may have is replaced, and marked."""

import hashlib
import re
import unicodedata

from pdm.records.reading import NAME

_NAME = re.compile(NAME)
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")
_MARK = 6
_LONGEST = 128 - _MARK - 1


def fitted(name: str) -> str:
    """Make a name fit; one that fits already stays as it is.

    Accents go, any other letters that do not fit become "-", and six digits of the whole name's SHA-256
    follow: "Pump 7" and "Pump/7" stay two machines, and are called the same tomorrow.
    """
    if _NAME.fullmatch(name):
        return name
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    body = _UNFIT.sub("-", plain).lstrip("._-")[:_LONGEST].rstrip("-") or "x"
    return f"{body}-{hashlib.sha256(name.encode()).hexdigest()[:_MARK]}"
