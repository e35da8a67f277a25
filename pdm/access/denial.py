"""Why a request is turned away at the door, before anything is done for it; each becomes a metric label."""

from enum import StrEnum


class Denial(StrEnum):
    """Why a request was turned away."""

    NO_KEY = "no_key"
    WRONG_KEY = "wrong_key"
    ROLE = "role"
    """The key's role does not allow it."""
    PLACE = "place"
    """It is about the whole plant, and the key reaches a part of it."""
    KEY_IN_ADDRESS = "key_in_address"
    OTHER_SITE = "other_site"
    """A page of another site sent it, from somebody's browser."""
    OTHER_NAME = "other_name"
    """Without a key, and under a name that is not this machine's own."""
