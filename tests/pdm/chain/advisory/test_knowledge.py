"""A knowledge base is right as a whole, or nothing starts and the place says why."""

from importlib.resources import files

import pytest

from pdm.chain.advisory.knowledge import KnowledgeError, load
from pdm.chain.advisory.no_data import ACTION
from pdm.chain.advisory.sensors import REMEDIES
from pdm.knowledge.shipped import NAME, shipped

TEXT = files("pdm.knowledge").joinpath(NAME).read_text(encoding="utf-8")


def test_the_shipped_base_has_the_eight_failure_modes() -> None:
    """Each of them with symptoms, a question and actions, the same value at each loading."""
    knowledge = shipped()
    assert set(knowledge.failure_modes) == {
        "imbalance", "misalignment", "bearing_wear", "cavitation", "clogging", "overheating", "leak",
        "electrical_supply",
    }  # fmt: skip
    assert load(TEXT) == knowledge
    for mode in knowledge.failure_modes.values():
        assert mode.ask.endswith("?")
        assert set(mode.actions) <= set(knowledge.actions)


def test_every_action_is_advised_somewhere() -> None:
    """An action that neither a failure mode nor a sensor's remedy permits is a slip."""
    knowledge = shipped()
    used = {one for mode in knowledge.failure_modes.values() for one in mode.actions}
    used |= {one for remedy in REMEDIES.values() for one in remedy.actions}
    assert used | set(knowledge.none_actions) | {ACTION} == set(knowledge.actions)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('none_actions = ["inspect_machine"', 'none_actions = ["inspect"', "unknown action 'inspect'"),
        ('id = "leak"', 'id = "imbalance"', "failure_modes: id 'imbalance' is there twice"),
        ('id = "leak"', 'id = "Leak!"', "must match"),
        ('id = "check_cooling"', 'id = "reduce_load"', "actions: id 'reduce_load' is there twice"),
        ('actions = ["clean_rotor"', 'actions = ["clean_motor"', "failure mode imbalance: unknown action"),
        ("weight = 1.0", "weight = 1.5", "weight must be above 0"),
        ("weight = 1.0", "weight = 0.0", "weight must be above 0"),
        ('direction = "up", weight = 1.0', 'direction = "sideways", weight = 1.0', "sideways"),
        ('quantity = "level"', 'quantity = "taste"', "taste"),
        ('quantity = "power", direction = "up"',
         'quantity = "current", direction = "up"', "symptom is there twice"),
        ("duration_minutes = 15", "duration_minutes = 0", "duration above 0"),
        ('skill = "operator"', 'skil = "operator"', "skil"),
        ('mechanism = "narrowed cross-section"', 'mechanism = " "', "failure mode clogging: title"),
        ("[[actions]]", "[[actions]", "TOML"),
    ],
)  # fmt: skip
def test_a_wrong_base_is_refused_with_its_place(old: str, new: str, place: str) -> None:
    """Each slip in the file is named, and where it is."""
    assert old in TEXT
    with pytest.raises(KnowledgeError) as refused:
        load(TEXT.replace(old, new, 1))
    assert place in str(refused.value)
