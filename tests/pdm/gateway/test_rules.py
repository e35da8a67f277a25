"""Rule packs over HTTP: refused with their line, compared, put in force in every partition."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest
from fakes.gateway import ask
from fakes.house import House
from fakes.outlet import FakeOutlet
from fakes.records import NOON, make_status

from pdm.access.keys import Role
from pdm.broker.topics import CONTROL
from pdm.errors import BrokerError
from pdm.gateway.app import create_app
from pdm.plant.load import parse
from pdm.records.control import RulesChange
from pdm.store.protocol import Batch
from pdm.store.sqlite import open_writer

PLANT = parse(
    '[[machines]]\nasset = "pump-1"\n[machines.channels.v]\nquantity = "vibration"\nunit = "mm/s"\n'
    "limits = { high = 4.5, high_high = 7.1 }\n",
    "p",
)
PACK = """\
[pack]
name = "site"
version = "1"
author = "Ann"
date = 2026-03-01
source = "meeting of March"
[[rules]]
quantity = "vibration"
unit = "mm/s"
limits = { high = 4.0 }
"""


class Door:
    """A gateway with three partitions, and a store into which a recorder puts what it is given."""

    def __init__(self, path: Path) -> None:
        self.outlet, self.store, self.now = FakeOutlet(), open_writer(path), NOON
        self.store.record(Batch("t", 0, 0, 1, (make_status(),)))
        self.app = create_app(PLANT, self.outlet, 3, self.store, clock_ns=lambda: self.now)

    def post(self, toml: str, path: str = "", note: str = "") -> httpx.Response:
        """Post a pack."""
        content = msgspec.json.encode({"toml": toml, "note": note})
        self.now += 1
        answer = ask(self.app, "POST", f"/v1/rules{path}", content)
        here = self.store.offset("t", 0)
        self.store.record(Batch("t", 0, here, here + 1, tuple(self.said())))
        return answer

    def said(self) -> list[RulesChange]:
        """What the control topic has been given."""
        return [msgspec.msgpack.decode(one.value, type=RulesChange) for one in self.outlet.messages]


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    """Return a gateway that knows pump-1 by its plant file, and pump-7 by its readings."""
    found = Door(tmp_path / "pdm.sqlite")
    yield found
    found.store.close()


def test_a_pack_is_in_every_partition_before_it_is_answered(door: Door) -> None:
    """One record, the same for all; with who, when and why."""
    answer = door.post(PACK, note="after the trip")
    assert answer.status_code == 202, answer.text
    assert [(one.topic, one.partition) for one in door.outlet.messages] == [(CONTROL, p) for p in range(3)]
    (record,) = set(door.said())
    assert (record.who, record.when, record.note, record.toml) == (
        "loopback",
        NOON + 1,
        "after the trip",
        PACK,
    )
    line = answer.json()
    assert (line["name"], line["version"], line["source"]) == ("site", "1", "meeting of March")


def test_the_same_again_changes_nothing_and_another_text_needs_another_version(door: Door) -> None:
    """A version names one text for ever; a repeat is the same record, for a partition that has missed it."""
    first = door.post(PACK).json()
    assert door.post(PACK).json() == first
    assert len(door.outlet.messages) == 6
    assert len(set(door.said())) == 1
    door.now -= 10**9
    assert door.post(PACK.replace("4.0", "4.1")).status_code == 409
    assert door.post(PACK.replace("4.0", "4.1").replace('"1"', '"2"')).status_code == 202
    listed = ask(door.app, "GET", "/v1/rules").json()["items"]
    assert [(one["version"], one["in_force"]) for one in listed] == [("2", True), ("1", False)]
    shown = ask(door.app, "GET", "/v1/rules/site").json()
    assert (shown["version"], "4.1" in shown["toml"]) == ("2", True)
    assert ask(door.app, "GET", "/v1/rules/other").status_code == 404
    assert ask(door.app, "GET", "/v1/rules?name=other").json()["items"] == []


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        (('author = "Ann"', ""), "line 1: author is missing"),
        (("high = 4.0", "height = 4.0"), "line 10: unknown key 'height'"),
        (("high = 4.0", "high = "), "line 10: "),
        (("high = 4.0", "high = 8.0"), "limits of pump-1 v would not rise: high by site 1, high_high by"),
    ],
)
def test_a_pack_with_a_mistake_never_reaches_the_log(
    door: Door, change: tuple[str, str], detail: str
) -> None:
    """It is refused with the line, or with who sets what contradicts it; also when it is only compared."""
    for path in ("", "/diff"):
        answer = door.post(PACK.replace(*change), path)
        assert (answer.status_code, detail in answer.json()["detail"]) == (422, True), answer.text
    assert door.outlet.messages == []


def test_without_a_broker_it_is_not_in_force(door: Door) -> None:
    """503, and the same may be said again."""
    door.outlet.errors = [BrokerError("away")]
    content = msgspec.json.encode({"toml": PACK})
    assert ask(door.app, "POST", "/v1/rules", content).status_code == 503
    assert ask(door.app, "POST", "/v1/rules", b"{").status_code == 400


def test_a_comparison_says_what_changes_for_whom_and_changes_nothing(door: Door) -> None:
    """For machines that are declared, and for those that have been heard of."""
    found = door.post(
        PACK + '[[rules]]\nmachine = "pump-9"\nchannel = "x"\nsuppress = true\n', "/diff"
    ).json()
    told = [
        (one["asset"], one["channel"], one["what"], one["before"], one["after"]) for one in found["changes"]
    ]
    assert told == [
        ("pump-1", "v", "high", pytest.approx(4.5), pytest.approx(4.0)),
        ("pump-7", "de-velocity", "high", None, pytest.approx(4.0)),
    ]
    assert found["idle"] == [2]
    assert door.outlet.messages == []
    door.post(PACK)
    assert door.post(PACK, "/diff").json()["changes"] == []


def test_only_an_admin_changes_rules_and_an_operator_announces_maintenance(tmp_path: Path) -> None:
    """Of the machines within reach; a key's name stands with what it says."""
    house = House(tmp_path)
    keys = {role: house.key(role, name=role.value) for role in Role}
    pack, repair = msgspec.json.encode({"toml": PACK}), b'{"asset": "pump-0", "kind": "repair"}'
    rules = {role: house.ask("POST", "/v1/rules", key, pack).status_code for role, key in keys.items()}
    said = {role: house.ask("POST", "/v1/maintenance", key, repair).status_code for role, key in keys.items()}
    assert rules == {Role.WRITER: 403, Role.READER: 403, Role.OPERATOR: 403, Role.ADMIN: 202}
    assert said == {Role.WRITER: 403, Role.READER: 403, Role.OPERATOR: 202, Role.ADMIN: 202}
    near = house.key(Role.OPERATOR, "south", name="south")
    assert house.ask("POST", "/v1/maintenance", near, repair).status_code == 403
    mine = house.ask("POST", "/v1/maintenance", near, repair.replace(b"pump-0", b"pump-1"))
    assert (mine.status_code, mine.json()["who"]) == (202, "south")
