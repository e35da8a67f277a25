"""Every detector meets the contract."""

import pytest

from models.contract import CHECKS, DETECTORS, NO_STATE, Detector


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", DETECTORS)
def test_detector_meets_the_contract(name: str, check: object) -> None:
    """Each detector passes each check of the contract."""
    assert callable(check)
    assert check(DETECTORS[name])


def test_contract_catches_a_detector_that_reads_what_is_missing() -> None:
    """A contract that everybody passes would be none."""
    honest = DETECTORS["limits"]
    eager = honest._replace(score=DETECTORS["drift"].score, params=DETECTORS["drift"].params, adds="largest")
    broken = eager._replace(slot=DETECTORS["drift"].slot, machine=DETECTORS["drift"].machine)
    failed = [check.__name__ for check in CHECKS if not check(broken)]
    assert failed == ["repeats_itself"] or "repeats_itself" in failed


def test_states_together_stay_small() -> None:
    """All of the monitor need at most 768 bytes a channel together; novelty is for single signals."""
    assert sum(d.slot.itemsize for name, d in DETECTORS.items() if name != "novelty") <= 768
    assert isinstance(DETECTORS["drift"], Detector)
    assert NO_STATE.itemsize == 0
