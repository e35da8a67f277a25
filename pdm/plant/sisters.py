"""What sister machines have shown, in the plant file: how far each channel of a class wanders in health."""

from pdm.plant.spec import Allowance, Sisters
from pdm.plant.table import Table

_KEYS = ("machines", "channels")
_WANDER = ("relative", "absolute")


def read_sisters(table: Table) -> Sisters | None:
    """Read what was learnt from the machines of a class, in SI; None where nothing was.

    raises Misread
    """
    if "sisters" not in table:
        return None
    one = table.table("sisters", _KEYS)
    wander = {name: _wander(given) for name, given in one.table("channels").named(_WANDER).items()}
    return Sisters(one.texts("machines"), wander)


def _wander(given: Table) -> Allowance:
    if len(given.values) != 1:
        raise given.wrong(_WANDER[0], "or absolute: one of both, and not both")
    found = Allowance(given.number("relative", 0.0), given.number("absolute", 0.0))
    if found.relative < 0.0 or found.absolute < 0.0:
        raise given.wrong(next(iter(given.values)), "must not be negative")
    return found
