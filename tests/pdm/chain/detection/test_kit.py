"""The kit from the log: plant file and rule packs, each from its place on."""

import random
from collections.abc import Sequence
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import LogRow, log, plant_change, rows
from saying import after, clock, rules, run, second, spoken

from pdm.chain.detection.bank import Bank
from pdm.chain.detection.saving import load, load_agenda, load_plants, save, save_agenda, save_plants
from pdm.chain.step import step
from pdm.errors import KitError
from pdm.instant import rfc3339
from pdm.records.control import RulesChange
from pdm.records.log import Controlled, LogRecord

ROWS = rows(machines=2, seconds=140, seed=5)


def test_rules_count_from_their_place_in_the_log_and_evidence_names_them() -> None:
    """A limit below the usual value raises two frames later, for the machine it is for."""
    quiet = [row for row in ROWS if row[1] < 140]
    said = (100, rules(1, "limits = { high = 1.0 }")), (120, rules(2, "suppress = true"))
    events = run(Bank(), spoken(log(quiet, [1]), *said))
    assert after(events, "pump-1") == []
    assert after(events)[0] == ("raise", clock(101), "")
    evidence = events[0].evidence[0]
    assert (events[0].cause, evidence.limit, evidence.limit_from) == ("limit", 0.001, "site 1")
    assert after(events)[-1][:2] == ("clear", clock(133))


def test_an_older_version_that_comes_later_changes_nothing() -> None:
    """Two gateways may write at once: every partition ends with the same rules."""
    quiet = [row for row in ROWS if row[1] < 140]
    old, new = rules(1, "limits = { high = 1.0 }"), rules(2, "limits = { high = 99.0 }")
    assert run(Bank(), spoken(log(quiet, [1]), (100, new), (100, old))) == []


def test_rules_survive_a_restart_and_a_new_plant_file() -> None:
    """What is in force at the cursor is known again, and lies over whatever plant file comes."""
    records = spoken(
        log(ROWS[:20], [1]),
        (3, rules(1, "limits = { high = 1.0 }")),
        (5, rules(2, "allowance = { absolute = 9 }", "other")),
    )
    before = Bank()
    run(before, records)
    after_it = Bank()
    load_plants(after_it, save_plants(before), len(records) - 1)
    load_agenda(after_it, save_agenda(before), len(records) - 1)
    for chunk in before.chunks.due(9):
        load(after_it, chunk, save(before, chunk))
    step(after_it, len(records), plant_change())
    for bank in (before, after_it):
        machine = bank.registry.find("", "pump-0")
        first = int(bank.tables.machines["first"][machine])
        assert bank.params.channels.limits["high"][first + 1] == 0.001
        assert bank.params.channels.drift["absolute"][first + 1] == pytest.approx(0.009)


SPOKEN = st.lists(
    st.tuples(
        st.integers(0, 230),
        st.sampled_from(
            [
                'on_delay = "9 s"',
                'on_delay = "1 s"; off_delay = "40 s"',
                "deadband = { relative = 0.9 }",
                "deadband = { absolute = 0.2 }; limits = { high = 2.5, high_high = 3.5 }",
                "limits = { high = 1.9 }",
                "suppress = true",
            ]
        ),
        st.sampled_from(["site", "night"]),
    ),
    max_size=5,
)
RISING = [
    (asset, t, tuple((c, v * 1.4 if c == 1 and t % 60 > 30 else v) for c, v in cells))
    for asset, t, cells in rows(machines=2, seconds=240, seed=7)
]


@given(SPOKEN, st.lists(st.integers(1, 90), min_size=1, max_size=4), st.integers(0, 2**32))
@settings(max_examples=20, deadline=None)
def test_packs_at_any_place_of_any_cut_give_the_same_events(
    told: list[tuple[int, str, str]], cut: list[int], seed: int
) -> None:
    """Rows go into records anywhere between the packs, and a worker may start anywhere: byte for byte."""
    in_turn = sorted(told, key=lambda one: one[0])
    said = [(at, rules(k, rule.replace("; ", "\n"), name)) for k, (at, rule, name) in enumerate(in_turn)]
    expected = sorted(msgspec.json.encode(event) for event in run(Bank(), between(said, [1])))
    records, rng, before = between(said, cut), random.Random(seed), Bank()
    assert sorted(msgspec.json.encode(event) for event in run(Bank(), records)) == expected
    first = run(before, records[: rng.randint(1, len(records))])
    bank, cursor = Bank(), int(before.chunks.cursor()[0])
    saved = {chunk: save(before, chunk) for chunk in before.chunks.due(9)}
    load_plants(bank, save_plants(before), cursor)
    load_agenda(bank, save_agenda(before), cursor)
    for chunk, data in saved.items():
        load(bank, chunk, data)
    rest = run(bank, records, max(1, cursor + 1))
    assert sorted({msgspec.json.encode(event) for event in [*first, *rest]}) == sorted(set(expected))


def between(said: Sequence[tuple[int, RulesChange]], cut: list[int]) -> list[LogRecord]:
    """Cut rows into records, and once more where somebody speaks."""
    parts = [
        [row for row in RISING if a <= row[1] < b] for a, b in pairwise([0, *(at for at, _ in said), 999])
    ]
    found = log(parts[0], cut)
    for k, (part, (_, one)) in enumerate(zip(parts[1:], said, strict=True)):
        found += [Controlled(k, one), *log(part, cut)[1:]]
    return found


def test_rules_that_are_not_what_they_say_stop_the_worker() -> None:
    """And so do rules that this version cannot read: it does not guess what it should judge by."""
    good = rules(1, "suppress = true")
    for wrong in (
        msgspec.structs.replace(good, sha256="0" * 64),
        rules(2, "suppress = true\nmoon = 3"),
    ):
        with pytest.raises(KitError):
            step(Bank(), 0, Controlled(0, wrong))


@pytest.mark.parametrize(("velocity", "expected"), [(5.0e-3, "critical"), (3.0e-3, "alarm"), (1.3e-3, "")])
def test_a_machine_that_nobody_knows_yet_is_held_against_its_zones(velocity: float, expected: str) -> None:
    """From the first frames on, by declared power and mounting; in zone A an hour passes in peace."""
    toml = 'machines = [{ asset = "pump-0", power_kw = 55, mounting = "rigid" }]\n'
    rng = np.random.default_rng(3)
    seconds = 60 if expected else 3600
    quiet: list[LogRow] = [
        ("pump-0", k, ((1, float(velocity * (1 + 0.02 * rng.standard_normal()))),)) for k in range(seconds)
    ]
    events = run(Bank(), [plant_change(toml), *log(quiet, [60])[1:]])
    assert {event.severity.value for event in events} == ({expected} if expected else set())
    if expected:
        assert events[0].time == rfc3339(second(1))
        assert events[0].evidence[0].limit_from == "ISO 10816-3:2009 group 2 (15 to 300 kW), rigid"
