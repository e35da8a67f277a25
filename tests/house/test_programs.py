"""A test whose program is missing: skipped at a desk, failed where all programs have to be."""

import pytest
from programs import require


@pytest.fixture(autouse=True)
def without_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which nothing is installed, and which is no CI."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("PDM_CI", raising=False)


def test_a_missing_program_skips_a_test_at_a_desk() -> None:
    """With the name of what would have to be installed."""
    with pytest.raises(pytest.skip.Exception, match="Debian package prometheus"):
        require("promtool")


def test_a_missing_program_fails_a_test_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """A skipped check there would be one that nobody runs."""
    monkeypatch.setenv("PDM_CI", "1")
    with pytest.raises(pytest.fail.Exception, match="amtool is not installed"):
        require("amtool")
