"""The account of `align`: every reading is in exactly one place, whatever is cut, shuffled or crashed."""

import random

import naive
from blocks import end, flush
from hypothesis import given, settings
from hypothesis import strategies as st

from pdm.chain.manipulation.align import align
from pdm.chain.manipulation.buffers import Buffers
from pdm.chain.manipulation.copying import copy
from pdm.chain.manipulation.flow import account, resume
from pdm.chain.manipulation.rows import CONTROL, READ
from pdm.chain.manipulation.saving import load, save
from pdm.plant.load import load as load_plant
from pdm.records.block import Block, Source
from pdm.records.control import Maintenance, MaintenanceKind
from pdm.records.flow import Flow

GRID = 1_000_000_000
START = 1_700_000_000 * GRID
PLANT = load_plant(None)
MACHINES = [f"m-{k:03d}" for k in range(300)]
"""More than two chunks of state."""

SAID = Maintenance("m", "loopback", 0, "m-000", MaintenanceKind.REPAIR, START)

Saved = tuple[dict[int, bytes], Flow, list[int]]


def stream(rng: random.Random, source: Source) -> list[list[Block]]:
    """Make flushes of which some readings are late, some come twice, and some contradict an earlier one."""
    flushes = []
    for k in range(rng.randint(4, 14)):
        readings: list[naive.Reading] = []
        for _ in range(rng.randint(1, 40)):
            quarter = 4 * k + rng.randint(-14, 3)
            channel = rng.choice(["v-de", "t-oil", "p-out", "flow"])
            value, machine = rng.choice([1.0, 2.0]), rng.choice(MACHINES[: rng.choice([2, 300])])
            readings.append((machine, channel, START + quarter * GRID // 4, value, 3))
            if rng.random() < 0.2:
                readings.append(readings[-1])
        flushes.append(flush(readings, source))
    return flushes


def checkpoint(buffers: Buffers, before: Saved, most: int) -> Saved:
    """Save as a worker does: the chunks whose turn it is, the account, and the cursor."""
    chunks = buffers.chunks.due(most)
    flow = account(buffers)
    rows = {**before[0], **{chunk: save(buffers, chunk) for chunk in chunks}}
    return rows, flow, buffers.chunks.cursor().tolist()


def crashed(saved: Saved) -> Buffers:
    """Lose everything, and come back from what was saved."""
    buffers = Buffers(PLANT)
    for chunk, row in sorted(saved[0].items()):
        load(buffers, chunk, row)
    buffers.chunks.position[:] = saved[2]
    resume(buffers, saved[1])
    return buffers


def run(flushes: list[list[Block]], rng: random.Random, crashes: float) -> Buffers:
    """Feed all flushes, saving some chunks now and then, and crashing anywhere."""
    buffers, done = Buffers(PLANT), [0] * READ
    poison = {(t, k) for t in range(READ) for k in range(len(flushes)) if rng.random() < 0.05}
    saved: Saved = ({}, account(buffers), [-1] * READ)
    while min(done) < len(flushes):
        topic = rng.choice([t for t in range(READ) if done[t] < len(flushes)])
        if (topic, done[topic]) in poison:
            buffers.ledger.refuse(topic, done[topic])
            buffers.chunks.position[topic] = done[topic]
        elif topic == CONTROL:
            copy(buffers, done[topic], SAID)
        else:
            align(buffers, topic, done[topic], flushes[done[topic]][topic])
        done[topic] += 1
        if rng.random() < 0.3:
            saved = checkpoint(buffers, saved, rng.randint(1, 2))
        if rng.random() < crashes:
            buffers = crashed(saved)
            done = [newest + 1 for newest in saved[2]]
    return buffers


@given(st.integers(0, 2**32), st.sampled_from([0, GRID, 2 * GRID]))
@settings(max_examples=80, deadline=None)
def test_every_reading_is_in_exactly_one_place(seed: int, lateness_ns: int) -> None:
    """What came is what was framed, is open, was late, or was there already, after any number of crashes."""
    rng, source = random.Random(seed), Source("s", "", lateness_ns)
    flow = account(run(stream(rng, source), rng, crashes=0.1))
    assert flow.balanced, flow


@given(st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_crashes_change_no_count(seed: int) -> None:
    """The account after crashes is the account without them."""
    source = Source("s", "", GRID)
    flushes = stream(random.Random(seed), source)
    flushes.append(end(MACHINES, START + 10**6 * GRID, source))
    accounts = []
    for crashes in (0.0, 0.15):
        buffers, done = Buffers(PLANT), 0
        saved: Saved = ({}, account(buffers), [-1] * READ)
        rng = random.Random(seed)
        while done < len(flushes):
            for topic in range(4):
                align(buffers, topic, done, flushes[done][topic])
            done += 1
            if rng.random() < 0.5:
                saved = checkpoint(buffers, saved, 1)
            if rng.random() < crashes:
                buffers = crashed(saved)
                done = min(saved[2][:CONTROL]) + 1
        accounts.append(account(buffers))
    assert accounts[0] == accounts[1]
    assert accounts[0].balanced
    assert accounts[0].open == 0


def test_a_message_put_aside_is_counted_once() -> None:
    """Poison that is read again after a crash is the same poison."""
    buffers = Buffers(PLANT)
    for _ in range(2):
        buffers.ledger.refuse(2, 0)
    assert account(buffers).put_aside == 1


def test_an_account_that_is_being_made_up_again_says_so() -> None:
    """Between a crash and the place where it happened the parts do not add up, and nobody should try."""
    source = Source("s", "", 0)
    buffers = Buffers(PLANT)
    for offset, blocks in enumerate([flush([("m-000", "v-de", START, 1.0, 3)], source)] * 2):
        align(buffers, 0, offset, blocks[0])
    again = crashed(({}, account(buffers), [-1] * READ))
    assert account(again).repeating
    assert not account(again).balanced
