"""Which failure modes explain which evidence, and when none does."""

import pytest
from fakes.records import make_event
from hypothesis import given
from hypothesis import strategies as st

from pdm.chain.advisory.hypotheses import NONE_ID, direction, rank
from pdm.chain.advisory.knowledge import Direction
from pdm.knowledge.shipped import shipped
from pdm.records.event import Evidence
from pdm.records.reading import Quantity


def went(quantity: str, where: str, score: float = 2.0) -> Evidence:
    """Return evidence of a quantity that went up or down."""
    return Evidence(f"{quantity}-1", quantity, "1", "drift", score, 2.0 if where == "up" else 0.5, 1.0)


@pytest.mark.parametrize(
    ("machine_class", "evidence", "best"),
    [
        ("fan", [("vibration", "up")], "imbalance"),
        ("pump", [("vibration", "up"), ("temperature", "up")], "bearing_wear"),
        ("motor", [("vibration", "up"), ("temperature", "up"), ("current", "up")], "misalignment"),
        ("pump", [("vibration", "up"), ("pressure", "down"), ("flow", "down")], "cavitation"),
        ("pump", [("flow", "down"), ("pressure", "up")], "clogging"),
        ("", [("flow", "down")], "clogging"),
        ("motor", [("temperature", "up")], "overheating"),
        ("pump", [("pressure", "down"), ("level", "down")], "leak"),
        ("fan", [("voltage", "up")], "electrical_supply"),
        ("motor", [("voltage", "down"), ("current", "up")], "electrical_supply"),
        ("pump", [("speed", "up")], NONE_ID),
        ("pump", [("temperature", "down"), ("torque", "down")], NONE_ID),
        ("motor", [("level", "down")], NONE_ID),
    ],
)
def test_the_best_match(machine_class: str, evidence: list[tuple[str, str]], best: str) -> None:
    """Textbook pictures of a fault find that fault."""
    event = make_event(machine_class=machine_class, evidence=tuple(went(*one) for one in evidence))
    assert rank(event, shipped())[0].failure_mode == best


def test_a_contradiction_counts_against_a_mode_and_is_named() -> None:
    """A pressure that rose speaks against cavitation."""
    for_it = make_event(evidence=(went("vibration", "up"), went("flow", "down"), went("pressure", "down")))
    against = make_event(
        evidence=(went("vibration", "up"), went("flow", "down"), went("pressure", "up", 0.1))
    )
    first = {h.failure_mode: h for h in rank(for_it, shipped())}["cavitation"]
    second = {h.failure_mode: h for h in rank(against, shipped())}["cavitation"]
    assert second.weight < first.weight
    assert (first.contradicting, second.contradicting) == ((), ("pressure up (pressure-1)",))


def test_a_motor_never_cavitates_but_an_unknown_machine_may() -> None:
    """A mode applies to its classes, to compound names of them, and to what nobody has classed."""
    evidence = tuple(went(*one) for one in (("vibration", "up"), ("pressure", "down"), ("flow", "down")))

    def modes(machine_class: str) -> set[str]:
        ranked = rank(make_event(machine_class=machine_class, evidence=evidence), shipped())
        return {one.failure_mode for one in ranked}

    assert "cavitation" not in modes("motor")
    assert all("cavitation" in modes(name) for name in ("Centrifugal-Pump", "", "mixer"))


evidences = st.lists(
    st.builds(
        went, st.sampled_from([q.value for q in Quantity]), st.sampled_from(["up", "down"]), st.floats(0, 1e3)
    ),
    max_size=8,
)


@given(evidences, st.sampled_from(["pump", "motor", "fan", "", "press"]))
def test_weights_are_shares_and_none_is_always_possible(evidence: list[Evidence], machine_class: str) -> None:
    """The weights are in falling order and sum to one, with "none of these" among them."""
    ranked = rank(make_event(machine_class=machine_class, evidence=tuple(evidence)), shipped())
    weights = [one.weight for one in ranked]
    assert weights == sorted(weights, reverse=True)
    assert abs(sum(weights) - 1) < 0.01
    assert [one.failure_mode for one in ranked].count(NONE_ID) == 1


@given(st.permutations([went("vibration", "up"), went("flow", "down", 1.1), went("pressure", "up", 3)]))
def test_the_order_of_evidence_does_not_matter(evidence: list[Evidence]) -> None:
    """Channels in any order give the same ranking."""
    event = make_event(evidence=tuple(evidence))
    assert rank(event, shipped()) == rank(make_event(evidence=tuple(sorted(evidence, key=str))), shipped())


@pytest.mark.parametrize(
    ("detector", "value", "baseline", "limit", "where"),
    [
        ("drift", 2.0, 1.0, 3.0, Direction.UP),
        ("limit", 2.0, 1.0, 3.0, Direction.DOWN),
        ("limit", 3.0, 1.0, 3.0, Direction.UP),
        ("limit", 2.0, 1.0, None, Direction.UP),
        ("drift", 2.0, None, 3.0, Direction.DOWN),
        ("drift", 2.0, None, None, None),
        ("drift", 2.0, 2.0, None, None),
    ],
)
def test_direction_is_seen_from_the_right_reference(
    detector: str, value: float, baseline: float | None, limit: float | None, where: Direction | None
) -> None:
    """A limit detector looks from its limit, the others from the baseline; without either it is unknown."""
    assert direction(Evidence("c", "flow", "m3/s", detector, 1.0, value, baseline, limit)) is where
