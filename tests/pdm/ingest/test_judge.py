"""One poll of the ingest topic: who sent what, what is accepted, and what is put aside with its bytes."""

import json
from typing import Any

import pytest
from fakes.messages import Message, good, polled
from hypothesis import given
from hypothesis import strategies as st

from pdm.broker.topics import INGEST
from pdm.chain.acquisition.admit import Admission, admit
from pdm.chain.acquisition.newcomers import Newcomers
from pdm.ingest.judge import Judged, judge
from pdm.ingest.message import Polled, Senders
from pdm.instant import nanoseconds
from pdm.plant.load import load, parse
from pdm.plant.spec import Plant

NOW = nanoseconds("2026-06-01T00:00:00Z")
PLANT = load()


def judged(messages: Polled, plant: Plant = PLANT, newcomers: Newcomers | None = None) -> Judged:
    """Judge messages as the process does."""
    return judge(messages, Senders(plant), plant, NOW, newcomers or Newcomers(plant))


def values(found: Judged) -> list[float]:
    """Return what was accepted, in order."""
    return [value for _, admission in found.accepted for value in admission.columns.value.tolist()]


def refused(found: Judged) -> list[tuple[int, str, str]]:
    """Return offset, reason and detail of each dead letter."""
    return [(letter.offset, letter.reason.value, letter.detail) for letter in found.letters]


def test_a_poll_becomes_one_batch_in_the_order_of_its_offsets() -> None:
    """Objects, one a message."""
    found = judged(polled(*(good(float(i)) for i in range(50))))
    assert values(found) == [float(i) for i in range(50)]
    assert len(found.accepted) == 1
    assert found.letters == []


def test_one_poison_message_leaves_its_neighbours_alone() -> None:
    """The letter names its origin, and holds the original bytes."""
    found = judged(polled(good(1), b"\x00\xffnot json", good(2), good(3, unit="bar"), None, b"", good(4)))
    assert values(found) == [1.0, 2.0, 4.0]
    assert [(offset, reason) for offset, reason, _ in refused(found)] == [
        (4, "malformed"),
        (5, "malformed"),
        (1, "malformed"),
        (3, "unknown_unit"),
    ]
    letters = {letter.offset: letter for letter in found.letters}
    assert letters[1].original == b"\x00\xffnot json"
    assert (letters[1].topic, letters[1].partition) == (INGEST, 0)
    assert len(found.rejected) == 4


@pytest.mark.parametrize(
    "value",
    [
        b"[" + good(1) + b"," + good(2) + b"]",
        b"  [\n" + good(1) + b",\r\n" + good(2) + b"\n]\n",
        json.dumps([json.loads(good(1)), json.loads(good(2))], indent=2).encode(),
    ],
)
def test_a_value_may_be_an_array(value: bytes) -> None:
    """However it is laid out."""
    assert values(judged(polled(value, good(3)))) == [1.0, 2.0, 3.0]


def test_a_refused_reading_of_an_array_keeps_the_others_and_is_named() -> None:
    """One letter for the message, with the place in it."""
    value = b"[" + good(1) + b"," + good(2, unit="bar") + b"," + good(3, asset="a b") + b"]"
    found = judged(polled(good(0), value))
    assert values(found) == [0.0, 1.0]
    ((offset, reason, detail),) = refused(found)
    assert (offset, reason) == (1, "unknown_unit")
    assert detail.startswith("reading 1: ")
    assert detail.endswith("(and 1 more)")


def test_pieces_that_would_fit_together_are_judged_apart() -> None:
    """Two halves of an object in two messages are two refusals, and shift no other verdict."""
    halves = good(7)
    found = judged(polled(halves[:20], halves[20:], good(1), good(2) + b"," + good(3)))
    assert values(found) == [1.0]
    assert [offset for offset, _, _ in refused(found)] == [0, 1, 3]


def test_headers_say_who_sent() -> None:
    """Source, class and the plant file's lateness; `ingest` where nobody is named."""
    plant = parse(
        '[plant]\nname = "p"\ntimezone = "UTC"\n[sources.historian]\nlateness = "1 h"\n', "plant.toml"
    )
    named = judged(polled(good(), headers=[("pdm-source", b"historian"), ("pdm-class", b"pump")]), plant)
    ((source, admission),) = named.accepted
    assert (source.name, source.lateness_ns) == ("historian", 3_600 * 10**9)
    assert admission.columns.classes == ["pump"]
    ((nobody, _),) = judged(polled(good())).accepted
    assert nobody.name == "ingest"


def test_what_headers_mean_is_remembered_without_what_differs_in_each() -> None:
    """An id or a trace of its own in each message does not make it a sender of its own."""
    senders = Senders(PLANT)
    same = [senders.of((("pdm-source", b"plc"), ("ce_id", str(i).encode()))) for i in range(50)]
    assert len(set(same)) == 1
    assert len(senders._known) == 1


def test_a_header_that_is_no_name_is_refused_with_its_message() -> None:
    """The rest of the poll goes on."""
    messages: Polled = {
        (INGEST, 3): [Message(0, good(1), headers=(("pdm-source", b"a b"),)), Message(1, good(2))]
    }
    found = judged(messages)
    assert values(found) == [2.0]
    assert refused(found)[0][:2] == (0, "malformed")
    assert found.letters[0].headers == (("pdm-source", b"a b"),)


def test_cloud_events_in_binary_mode() -> None:
    """The attributes are headers, the value is the data; other headers are not kept."""
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", b"1"),
        ("ce_source", b"/plants/north/plc-7"),
        ("ce_type", b"reading"),
        ("content-type", b"application/json; charset=utf-8"),
        ("authorization", b"secret"),
    ]
    found = judged(polled(good(1), good(2, unit="bar"), headers=headers))
    assert [source.name for source, _ in found.accepted] == ["plants-north-plc-7"]
    assert [name for name, _ in found.letters[0].headers] == ["ce_source", "ce_type", "content-type"]


def test_cloud_events_in_structured_mode() -> None:
    """The value is the envelope; `pdm-source` counts more than what it says."""
    data: list[Any] = [json.loads(good(1)), json.loads(good(2))]
    envelope = {"specversion": "1.0", "id": "1", "source": "urn:plc:7", "type": "reading", "data": data}
    kind = ("content-type", b"application/cloudevents+json")
    found = judged(polled(json.dumps(envelope).encode(), b'{"no": "envelope"}', headers=[kind]))
    assert [(source.name, len(a.columns)) for source, a in found.accepted] == [("urn-plc-7", 2)]
    assert [offset for offset, _, _ in refused(found)] == [1]
    named = judged(polled(json.dumps(envelope).encode(), headers=[kind, ("pdm-source", b"plc")]))
    assert named.accepted[0][0].name == "plc"


def test_lines_and_a_type_that_is_not_read() -> None:
    """NDJSON is as good as an array; CSV is refused with its reason."""
    lines = polled(good(1) + b"\n\n" + good(2), headers=[("content-type", b"application/x-ndjson")])
    assert values(judged(lines)) == [1.0, 2.0]
    csv = judged(polled(b"1;2", headers=[("content-type", b"text/csv")]))
    assert "text/csv" in refused(csv)[0][2]


def test_a_bug_costs_one_message() -> None:
    """The one at fault is found by halves, put aside as our fault, and the rest is accepted."""

    def door(body: bytes, *how: Any, **more: Any) -> Admission:
        if b"13.0" in body:
            raise ZeroDivisionError
        return admit(body, *how, **more)

    messages = polled(*(good(float(i)) for i in range(20)))
    found = judge(messages, Senders(PLANT), PLANT, NOW, Newcomers(PLANT), door)
    assert values(found) == [float(i) for i in range(20) if i != 13]
    assert [(offset, reason) for offset, reason, _ in refused(found)] == [(13, "bug")]


def test_a_name_too_many_is_put_aside() -> None:
    """Its message is in a letter with the reason, and those of known names go on."""
    messages = polled(good(1, asset="a"), good(2, asset="b"), good(3, asset="a"))
    found = judged(messages, newcomers=Newcomers(PLANT, 1))
    assert values(found) == [1.0, 3.0]
    assert [(offset, reason) for offset, reason, _ in refused(found)] == [(1, "too_many_names")]


@given(st.lists(st.binary(max_size=12) | st.sampled_from([good(1), good(2) + b"\n", b"[]", b"{}", b"[{}"])))
def test_every_message_is_accepted_or_in_one_letter(some: list[bytes]) -> None:
    """Whatever the bytes are: none is dropped silently, none is judged twice."""
    found = judged(polled(*some))
    assert len({letter.key for letter in found.letters}) == len(found.letters)
    fine = [i for i, value in enumerate(some) if value.strip() in {good(1), good(2)}]
    assert sorted([*fine, *(letter.offset for letter in found.letters)]) == list(range(len(some)))
