"""A chunk of the bank as bytes, and back: what a worker needs to go on after a crash."""

from functools import lru_cache
from itertools import zip_longest
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct

from pdm.chain.detection.bank import Bank
from pdm.chain.detection.scan import NEVER, Array
from pdm.errors import StateError
from pdm.records.block import Channel
from pdm.records.log import Controlled, PlantChange, Seat
from pdm.state.layout import LayoutError, adopted
from pdm.state.registry import CHUNK


class SavedBank(Struct, frozen=True, array_like=True):
    """One chunk of a `Bank`.

    shape    : the fields of every table, in order; what another version wrote is mapped by their names
    eaten    : newest offset of the log in it
    machines : one array of machine state a table, slots one array of channel state a table, each as bytes
    """

    shape: str
    eaten: int
    seats: tuple[Seat, ...]
    channels: tuple[Channel, ...]
    machines: tuple[bytes, ...]
    slots: tuple[bytes, ...]


UNTOLD = NEVER + 1
"""When a machine was last drawn that comes from a saved chunk: some time, nobody knows."""
OTHERWISE = "the monitor's saved state was written by another version"
REMEDY = "`pdmctl state reset monitor` makes it from the log again"

_DECODER = msgspec.msgpack.Decoder(SavedBank)
_HEARD = msgspec.msgpack.Decoder(list[tuple[int, Controlled]])
_PLANTS = msgspec.msgpack.Decoder(list[tuple[int, PlantChange]])


def save(bank: Bank, chunk: int) -> bytes:
    """Encode a chunk as it is now and note that it has been saved."""
    members = np.array(bank.registry.members(chunk), np.int64)
    return _encoded(bank, members, int(bank.chunks.saved(chunk)[0]))


def save_one(bank: Bank, machine: int) -> tuple[int, bytes]:
    """Encode one machine alone, as a chunk that `load` takes, with the newest offset of the log in it."""
    eaten = int(max(bank.chunks.eaten[machine // CHUNK, 0], bank.chunks.position[0]))
    return eaten, _encoded(bank, np.array([machine]), eaten)


def _encoded(bank: Bank, members: Array, eaten: int) -> bytes:
    slots = _slots(bank, members)
    used, local = np.unique(bank.tables.slots["channel"][slots], return_inverse=True)
    own = bank.tables.slots[slots]
    own["channel"] = local
    tables = [own, *(table[slots] for table in _slot_tables(bank)[1:])]
    saved = SavedBank(
        shape=_shape(bank),
        eaten=eaten,
        seats=tuple(bank.registry.seats[int(m)] for m in members),
        channels=tuple(bank.channels[c] for c in used),
        machines=tuple(table[members].tobytes() for table in _machine_tables(bank)),
        slots=tuple(table.tobytes() for table in tables),
    )
    return msgspec.msgpack.encode(saved)


def load(bank: Bank, chunk: int, data: bytes) -> None:
    """Take over a saved chunk into a bank that does not have it yet.

    Fields that the chunk does not have are zero, which is what nothing is known of; fields that are no
    longer there are dropped.
    raises StateError where a field of both has changed its type
    """
    saved = _DECODER.decode(data)
    shapes = saved.shape.split(";")
    before, after = shapes[: len(saved.machines)], shapes[len(saved.machines) :]
    ids = bank.registry.load(chunk, saved.seats)
    bank.cover()
    bank.chunks.restore(chunk, np.array([saved.eaten]))
    for table, content, shape in zip_longest(_machine_tables(bank), saved.machines, before):
        table[ids] = _taken_over(table, content, shape, len(ids))
    widths = bank.tables.machines["width"][ids].tolist()
    channels = np.array([bank.channel(channel) for channel in saved.channels], np.int64)
    first = bank.allocate(sum(widths))
    for table, content, shape in zip_longest(_slot_tables(bank), saved.slots, after):
        table[first : first + sum(widths)] = _taken_over(table, content, shape, sum(widths))
    own = bank.tables.slots["channel"]
    own[first : first + sum(widths)] = channels[own[first : first + sum(widths)]] if len(channels) else 0
    for machine, width in zip(ids, widths, strict=True):
        bank.tables.machines["first"][machine] = first
        bank.widest = max(bank.widest, width)
        bank.fit_out(machine)
        first += width
    bank.drawn[ids] = UNTOLD


def save_plants(bank: Bank) -> bytes:
    """Encode the plant files that may still be needed: those after the cursor, and the one before."""
    cursor = int(bank.chunks.cursor()[0])
    before = [at for at, _ in bank.plants if at <= cursor]
    bank.plants = [entry for entry in bank.plants if not before or entry[0] >= before[-1]]
    return msgspec.msgpack.encode(bank.plants)


def load_plants(bank: Bank, data: bytes, cursor: int) -> None:
    """Take over the plant file in force at the cursor; later ones come again in the log."""
    bank.plants = [entry for entry in _PLANTS.decode(data) if entry[0] <= cursor]
    if bank.plants:
        bank.equip()


def save_agenda(bank: Bank) -> bytes:
    """Encode what people have said, as far as it may still concern a frame.

    Frames that a crash would let come again are still to come: a machine's last one is that of a chunk
    that has been saved as it is.
    """
    found = {key: bank.registry.find(*key) for key in bank.agenda.windows}
    last = {
        key: int(bank.tables.machines["last"][machine])
        for key, machine in found.items()
        if machine >= 0 and not bank.chunks.dirty[machine // CHUNK]
    }
    bank.agenda.forget(int(bank.chunks.cursor()[0]), last)
    return msgspec.msgpack.encode(bank.agenda.heard)


def load_agenda(bank: Bank, data: bytes, cursor: int) -> None:
    """Take over what had been said up to the cursor; the rest comes again in the log."""
    for offset, record in _HEARD.decode(data):
        if offset <= cursor:
            bank.agenda.hear(offset, record)
    if bank.agenda.rules:
        bank.equip()


def _taken_over(table: Array | None, content: bytes | None, shape: str | None, rows: int) -> Array:
    """Read one saved table as rows of the table there is now; raises StateError."""
    if table is None:
        raise StateError(f"{OTHERWISE}: it has a table that is not known; {REMEDY}")
    if content is None or shape is None:
        return np.zeros(rows, table.dtype)
    try:
        return adopted(content, shape, table.dtype)
    except LayoutError as error:
        raise StateError(f"{OTHERWISE}: {error}; {REMEDY}") from error


def _machine_tables(bank: Bank) -> list[Array]:
    return [bank.tables.machines, *bank.tables.watch.machines]


def _slot_tables(bank: Bank) -> list[Array]:
    return [bank.tables.slots, *bank.tables.watch.slots]


def _shape(bank: Bank) -> str:
    """Describe the fields of all tables, in order."""
    return _described(tuple(table.dtype for table in (*_machine_tables(bank), *_slot_tables(bank))))


@lru_cache(4)
def _described(kinds: tuple[np.dtype[Any], ...]) -> str:
    return ";".join(str(kind.descr) for kind in kinds)


def _slots(bank: Bank, members: Array) -> Array:
    """List the slots of some machines, machine by machine."""
    rows = bank.tables.machines[members]
    spans = [
        np.arange(first, first + width) for first, width in zip(rows["first"], rows["width"], strict=True)
    ]
    return np.concatenate(spans) if spans else np.zeros(0, np.int64)
