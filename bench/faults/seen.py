"""What a fault is, and what was seen of it."""

from collections.abc import Callable

from msgspec import Struct

from bench.faults.ground import Ground
from pdm.errors import PdmError


class BrokenPromiseError(PdmError):
    """What was seen is not what is promised."""


class NotHereError(PdmError):
    """This machine lacks what the fault needs: a program, or being root."""


class Fault(Struct, frozen=True):
    """One fault.

    run   : puts it in and takes it out again, and says in a sentence what was seen
    quick : whether it is in the part that runs with the tests
    alone : whether it needs a service of its own, which `run` then starts itself
    """

    name: str
    promise: str
    run: Callable[[Ground], str]
    quick: bool = False
    alone: bool = False


class Seen(Struct, frozen=True):
    """One fault and its outcome; held is None where it could not be run here, and `seen` says why."""

    name: str
    promise: str
    seen: str
    held: bool | None
    seconds: float
