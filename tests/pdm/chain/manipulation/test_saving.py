"""Saved open frames, read by another version than the one that wrote them."""

import msgspec
import numpy as np
import pytest
from blocks import flush

from pdm.chain.manipulation.align import align
from pdm.chain.manipulation.buffers import Buffers
from pdm.chain.manipulation.saving import SAVED_READING, SAVED_ROW, SavedFrames, load, save
from pdm.errors import StateError
from pdm.plant.load import load as load_plant
from pdm.records.block import Source

PLANT = load_plant(None)
START = 1_700_000_000 * 1_000_000_000


def saved() -> bytes:
    """Save two machines with open frames."""
    buffers = Buffers(PLANT)
    readings = [(f"m-{k % 2}", "v-de", START + k * 300_000_000, 1.0 + k, 3) for k in range(8)]
    for topic, block in enumerate(flush(readings, Source("s", lateness_ns=10**12))):
        align(buffers, topic, 0, block)
    return save(buffers, 0)


def again(data: bytes) -> bytes:
    """Load a chunk, and save it again."""
    buffers = Buffers(PLANT)
    load(buffers, 0, data)
    return save(buffers, 0)


def changed(data: bytes, **fields: object) -> bytes:
    """Write another chunk of a saved one."""
    one = msgspec.msgpack.decode(data, type=SavedFrames)
    return msgspec.msgpack.encode(msgspec.structs.replace(one, **fields))


def test_a_chunk_of_the_first_versions_is_read() -> None:
    """They did not say which fields a row has."""
    data = saved()
    assert msgspec.msgpack.decode(data, type=SavedFrames).readings
    old = msgspec.msgpack.encode(msgspec.msgpack.decode(data)[:-1])
    assert again(old) == again(data) == data


def test_fields_are_mapped_by_their_names() -> None:
    """In another order, and with one that is no longer known."""
    one = msgspec.msgpack.decode(saved(), type=SavedFrames)
    other = np.dtype([("gone", "<i4"), *reversed(SAVED_READING.descr)])
    rows = np.frombuffer(one.readings, SAVED_READING)
    moved = np.zeros(len(rows), other)
    for name in SAVED_READING.names or ():
        moved[name] = rows[name]
    shape = f"{SAVED_ROW.descr};{other.descr}"
    assert again(changed(saved(), readings=moved.tobytes(), shape=shape)) == saved()


@pytest.mark.parametrize("shape", ["nonsense", f"{SAVED_ROW.descr};[('time', '<f8')]"])
def test_a_field_of_another_type_is_named_with_the_remedy(shape: str) -> None:
    """Nobody can say what its values mean; the topics can be read again."""
    with pytest.raises(StateError, match="pdmctl state reset align"):
        again(changed(saved(), shape=shape))
