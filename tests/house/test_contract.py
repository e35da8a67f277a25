"""Every model that scores is under the contract of all models."""

from tree import name, python_files

from models.contract import DETECTORS


def test_every_module_that_scores_is_in_the_registry() -> None:
    """A detector that nobody put there would be one that nobody checked."""
    scoring = {path.stem for path in python_files("models") if "def score_row(" in path.read_text("utf-8")}
    assert scoring, [name(path) for path in python_files("models")]
    assert set(DETECTORS) == scoring
