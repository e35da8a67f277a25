"""Waiting ends when nothing is left, and not by hope."""

from collections.abc import Callable, Iterator

import httpx
import msgspec
import pytest
from fakes.records import NOON, make_status

from pdm.demo.settle import PATIENCE_S, QUIET_LOOKS, UnsettledError, behind, settle
from pdm.store.protocol import Page

METRICS = '# TYPE pdm_lag_messages gauge\npdm_lag_messages{{partition="0",stage="x"}} {}\n'
METRICS += 'pdm_lag_messages{{partition="1",stage="x"}} 1\n'


def clock(step: float) -> Callable[[], float]:
    """Give a clock that goes on by `step` with each look."""

    def ticks() -> Iterator[float]:
        now = 0.0
        while True:
            yield now
            now += step

    return ticks().__next__


def test_ends_when_nothing_is_left_for_a_while() -> None:
    """A stage that has nothing to do may only be waiting for the one before it."""
    looks = [{"a": 2}, {"a": 0}, {"a": 1}, *[{"a": 0}] * QUIET_LOOKS, {"a": 9}]
    left = iter(looks)
    settle(lambda: next(left), pause=lambda _: None, clock=clock(1.0))
    assert list(left) == [{"a": 9}]


def test_is_patient_as_long_as_something_moves() -> None:
    """Slow is not stuck, however long it takes in all."""
    left = iter([*range(1000, 0, -1), *[0] * QUIET_LOOKS])
    settle(lambda: {"a": next(left)}, pause=lambda _: None, clock=clock(PATIENCE_S / 4))
    assert next(left, None) is None


def test_gives_up_when_nothing_moves() -> None:
    """Whoever is stuck is named."""
    with pytest.raises(UnsettledError, match="monitor"):
        settle(lambda: {"monitor": 7}, pause=lambda _: None, clock=clock(PATIENCE_S / 4))


def look(assets: int, *, alive: bool = True) -> dict[str, int]:
    """Look at a service with so many machines at noon, and one stage."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/metrics":
            if not alive:
                raise httpx.ConnectError("refused")
            return httpx.Response(200, text=METRICS.format(4))
        items = tuple(make_status(f"pump-{number}") for number in range(assets))
        return httpx.Response(200, content=msgspec.json.encode(Page(items, None)))

    with httpx.Client(transport=httpx.MockTransport(answer), base_url="http://api") as client:
        return behind(client, {"align": "align:1", "gateway": "gateway:1"}, NOON)


def test_adds_up_what_each_stage_has_waiting() -> None:
    """Over all its partitions; the gateway has no lag to tell."""
    assert look(3) == {"align": 5, "machines": 0}


def test_a_stage_that_does_not_answer_is_not_done() -> None:
    """It may be on its way back."""
    assert look(3, alive=False)["align"] == 1


def test_no_machine_at_all_is_not_the_end() -> None:
    """The first standing is still to come."""
    assert look(0)["machines"] == 1


def test_counts_machines_that_are_not_at_the_end() -> None:
    """Their last frame is to come."""

    def answer(request: httpx.Request) -> httpx.Response:
        items = (make_status("pump-1"), make_status("pump-2"))
        second = request.url.params.get("cursor") == "more"
        return httpx.Response(200, content=msgspec.json.encode(Page(items, None if second else "more")))

    with httpx.Client(transport=httpx.MockTransport(answer), base_url="http://api") as client:
        assert behind(client, {}, NOON + 1) == {"machines": 4}
        assert behind(client, {}, NOON) == {"machines": 0}
