"""The ledger counts each offset once."""

from pdm.state.ledger import Ledger


def test_what_is_read_again_is_not_counted_again() -> None:
    """Each topic has a newest offset of its own."""
    ledger = Ledger(2)
    ledger.enter(0, 0, 10)
    ledger.enter(1, 0, 5)
    ledger.enter(0, 0, 10)
    ledger.refuse(1, 0)
    ledger.refuse(1, 1)
    assert (ledger.readings, ledger.put_aside) == (15, 1)
