"""The account of a partition: what it was given, and what became of it."""

from pdm.chain.manipulation.buffers import Buffers
from pdm.chain.manipulation.rows import ACCEPTED, CONFLICT, DUPLICATE, FRAMED, LATE, READ
from pdm.records.flow import Flow
from pdm.state.chunks import widened


def account(buffers: Buffers) -> Flow:
    """Add up what became of all readings so far."""
    ledger, total = buffers.ledger, buffers.open.tally.sum(axis=0)
    return Flow(
        newest=tuple(ledger.newest.tolist()),
        readings=ledger.readings,
        put_aside=ledger.put_aside,
        framed=int(total[FRAMED]),
        open=int(total[ACCEPTED] - total[FRAMED]),
        late=int(total[LATE]),
        duplicates=int(total[DUPLICATE]),
        conflicts=int(total[CONFLICT]),
        repeating=bool((buffers.chunks.position < ledger.newest).any()),
    )


def resume(buffers: Buffers, flow: Flow) -> None:
    """Go on with what had been counted; what became of it is in the chunks."""
    buffers.ledger.newest[:] = widened(flow.newest, READ)
    buffers.ledger.readings, buffers.ledger.put_aside = flow.readings, flow.put_aside
