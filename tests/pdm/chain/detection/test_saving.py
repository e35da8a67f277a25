"""State that an earlier version saved is read by this one, or refused with what to do."""

from collections.abc import Callable

import msgspec
import numpy as np
import pytest
from logs import frames, log, rows
from saying import spoken, window

from pdm.chain.detection.bank import Bank
from pdm.chain.detection.saving import SavedBank, load, save, save_agenda
from pdm.chain.step import step
from pdm.errors import StateError

Descr = list[tuple[str, ...]]


def a_bank() -> Bank:
    """Return a bank that has seen something."""
    bank = Bank()
    for offset, record in enumerate(log(rows(2, 120, seed=3, fault_at=60), [20])):
        step(bank, offset, record)
    return bank


def written_by(saved: bytes, table: int, change: Callable[[Descr], Descr]) -> bytes:
    """Return a chunk as a version would have written it whose table of slots had other fields."""
    chunk = msgspec.msgpack.decode(saved, type=SavedBank)
    shapes, slots = chunk.shape.split(";"), list(chunk.slots)
    place = len(chunk.machines) + table
    now = np.dtype(eval(shapes[place]))  # noqa: S307  (our own description)
    then = np.dtype(change([(name, *rest) for name, *rest in eval(shapes[place])]))  # noqa: S307
    old = np.frombuffer(slots[table], now)
    new = np.zeros(len(old), then)
    for name in set(now.names or ()) & set(then.names or ()):
        new[name] = old[name]
    slots[table], shapes[place] = new.tobytes(), str(then.descr)
    return msgspec.msgpack.encode(msgspec.structs.replace(chunk, shape=";".join(shapes), slots=tuple(slots)))


def test_a_chunk_with_a_field_less_is_read() -> None:
    """The field is zero, as if nothing were known of it; all others are as they were."""
    bank, fresh = a_bank(), Bank()
    saved = written_by(save(bank, 0), 1, lambda fields: [f for f in fields if f[0] != "rest"])
    load(fresh, 0, saved)
    known = bank.tables.watch.slots.drift[: bank.used]
    assert known["seen"].any()
    for name in set(known.dtype.names or ()) - {"rest"}:
        assert fresh.tables.watch.slots.drift[name][: bank.used].tolist() == known[name].tolist(), name
    assert not fresh.tables.watch.slots.drift["rest"].any()
    assert bytes(save(fresh, 0)) != saved


def test_a_chunk_with_a_field_more_is_read() -> None:
    """What is no longer used is dropped."""
    bank, fresh = a_bank(), Bank()
    saved = save(bank, 0)
    load(fresh, 0, written_by(saved, 1, lambda fields: [*fields, ("skew", "<f8")]))
    assert msgspec.msgpack.decode(save(fresh, 0), type=SavedBank).slots == (
        msgspec.msgpack.decode(saved, type=SavedBank).slots
    )


def test_a_field_that_changed_its_type_is_refused_with_what_to_do() -> None:
    """Guessing would make alarms out of nothing."""
    saved = written_by(
        save(a_bank(), 0), 1, lambda fields: [(f[0], "<f4") if f[0] == "base" else f for f in fields]
    )
    with pytest.raises(StateError, match=r"field base was float32.*pdmctl state reset monitor"):
        load(Bank(), 0, saved)


def test_a_table_more_is_refused_and_a_table_less_is_empty() -> None:
    """A detector that was taken away cannot be asked; one that is new knows nothing yet."""
    chunk = msgspec.msgpack.decode(save(a_bank(), 0), type=SavedBank)
    more = msgspec.structs.replace(chunk, slots=(*chunk.slots, b""), shape=f"{chunk.shape};[]")
    with pytest.raises(StateError, match="a table that is not known"):
        load(Bank(), 0, msgspec.msgpack.encode(more))
    shapes = chunk.shape.split(";")
    less = msgspec.structs.replace(chunk, slots=chunk.slots[:-1], shape=";".join(shapes[:-1]))
    fresh = Bank()
    load(fresh, 0, msgspec.msgpack.encode(less))
    assert fresh.tables.watch.slots.drift["seen"].any()
    assert not fresh.tables.watch.slots.alarm["peak"].any()


def test_a_window_is_forgotten_only_when_no_crash_can_bring_its_frames_again() -> None:
    """Its machine is a day further, and that has been saved."""
    bank = Bank()
    records = spoken(log(rows(1, 90, seed=3), [30]), (0, window(10, 20)))
    for offset, record in enumerate(records):
        step(bank, offset, record)
    later = [(asset, second + 2 * 86_400, cells) for asset, second, cells in rows(1, 5, seed=4)]
    step(bank, len(records), frames(later))
    save_agenda(bank)
    assert len(bank.agenda.windows) == 1
    save(bank, 0)
    save_agenda(bank)
    assert bank.agenda.windows == {}
