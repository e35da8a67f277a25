"""The courier: whatever the gateway does, and whenever the process dies, all arrives once and in order."""

import tempfile
from pathlib import Path

from fakes.moody_gateway import MoodyGateway
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pdm.client.courier import LONGEST_PAUSE_S, Answer, Courier, Refused
from pdm.client.spool import Spool


def courier_on(spool: Spool, gateway: MoodyGateway, refused: list[Refused], most: int = 3) -> Courier:
    """Make a courier that waits as long as it may."""
    return Courier(spool, gateway, refused.append, most, jitter=lambda _, longest: longest)


def killed(spool: Spool) -> None:
    """Let a spool be as a process leaves it that is killed: nothing more is written."""
    spool._writer.close()
    spool._cursor.close()
    assert spool._owned is not None
    spool._owned.close()


def until_empty(courier: Courier) -> float:
    """Let the courier deliver on a clock that is only counted; returns how long it waited."""
    waited = 0.0
    while (pause := courier.attempt()) is not None:
        waited += pause
    return waited


STEPS = st.lists(
    st.integers(1, 7)
    | st.sampled_from(["fine", "down", "busy", "reset", "small", "kill", "kill while sending"]),
    max_size=40,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_nothing_is_lost_nothing_comes_twice_and_order_is_kept(steps: list[int | str]) -> None:
    """Numbers are readings that come in, words are what happens at the next attempt."""
    with tempfile.TemporaryDirectory() as folder:
        gateway, refused, sent = MoodyGateway(), list[Refused](), list[bytes]()
        spool = Spool(Path(folder))
        courier = courier_on(spool, gateway, refused)
        for step in steps:
            if isinstance(step, int):
                new = [b"%06d" % (len(sent) + i) for i in range(step)]
                spool.append(new)
                sent += new
            elif step in {"kill", "kill while sending"}:
                if step == "kill while sending":
                    gateway.moods = ["reset"]
                    courier.attempt()
                killed(spool)
                spool = Spool(Path(folder))
                courier = courier_on(spool, gateway, refused)
            else:
                gateway.moods = [step]
                courier.attempt()
        gateway.moods = []
        until_empty(courier)
        spool.close()
        oversized = {one.reading for one in refused}
        assert gateway.accepted == [record for record in sent if record not in oversized]
        assert {one.reason for one in refused} <= {"too_large"}


def test_a_gateway_that_is_away_for_an_hour(tmp_path: Path) -> None:
    """All of the hour is delivered afterwards, in order, and the gateway was asked about once a minute."""
    spool, gateway, refused = Spool(tmp_path), MoodyGateway(), list[Refused]()
    courier = courier_on(spool, gateway, refused, most=500)
    clock, at, second = 0.0, 0.0, 0
    gateway.moods = ["down"] * 1_000
    while clock < 3_600:
        while second <= clock:
            spool.append([b"%06d" % second])
            second += 1
        if clock >= at:
            at = clock + (courier.attempt() or 0.0)
        clock += 1.0
    assert gateway.posts < 75
    assert courier.trouble.startswith("no answer")
    gateway.moods = []
    until_empty(courier)
    assert gateway.accepted == [b"%06d" % i for i in range(3_600)]
    assert (courier.trouble, spool.pending) == ("", 0)
    spool.close()


def test_retry_after_is_kept_and_patience_grows(tmp_path: Path) -> None:
    """At least what the gateway asks for, at most a minute."""
    spool, gateway = Spool(tmp_path), MoodyGateway()
    spool.append([b"1"])
    courier = courier_on(spool, gateway, [])
    gateway.moods = ["busy"] * 12
    pauses = [courier.attempt() for _ in range(12)]
    assert pauses[:5] == [5.0, 5.0, 5.0, 5.0, 8.0]
    assert pauses[-1] == LONGEST_PAUSE_S
    spool.close()


def test_verdicts_reach_the_callback_with_their_reading(tmp_path: Path) -> None:
    """The others of the batch are delivered; a callback that fails stops nothing."""
    spool, gateway, told = Spool(tmp_path), MoodyGateway(), list[Refused]()

    def callback(one: Refused) -> None:
        told.append(one)
        raise ZeroDivisionError

    spool.append([b"1", b"bad 2", b"3", b"bad 4"])
    courier = Courier(spool, gateway, callback, most=3)
    until_empty(courier)
    assert gateway.accepted == [b"1", b"3"]
    assert [(one.number, one.reading, one.reason) for one in told] == [
        (1, b"bad 2", "malformed"),
        (3, b"bad 4", "malformed"),
    ]
    assert (courier.accepted, courier.refused) == (2, 2)
    spool.close()


def test_a_key_that_is_taken_and_a_login_that_is_wrong(tmp_path: Path) -> None:
    """The one goes again under another key; the other waits, and loses nothing."""
    spool, seen = Spool(tmp_path), list[str]()
    answers = [
        Answer(422, {}, b'{"title": "x", "detail": "this key was used for another request"}'),
        Answer(401, {}, b'{"detail": "no key"}'),
        Answer(202, {}, b'{"accepted": 1, "rejected": [], "duplicates": 0}'),
    ]

    def post(_body: bytes, headers: object) -> Answer:
        assert isinstance(headers, dict)
        seen.append(headers["Idempotency-Key"])
        return answers.pop(0)

    spool.append([b"1"])
    until_empty(Courier(spool, post, lambda _: None))
    assert seen[1] == seen[2] == f"{seen[0]}-again"
    assert spool.pending == 0
    spool.close()
