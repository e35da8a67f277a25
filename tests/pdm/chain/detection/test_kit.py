"""The kit from the log: plant file and rule packs, each from its place on."""

import msgspec
import numpy as np
import pytest
from logs import LogRow, log, plant_change, rows
from saying import after, clock, rules, run, second, spoken

from pdm.chain.detection.bank import Bank
from pdm.chain.detection.saving import load, load_agenda, load_plants, save, save_agenda, save_plants
from pdm.chain.step import step
from pdm.errors import KitError
from pdm.instant import rfc3339
from pdm.records.log import Controlled

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
