"""What a gateway needs before it opens."""

from pathlib import Path

import pytest

from pdm.access.opening import certificate, first_key, required
from pdm.settings import Address, Settings, SettingsError

BEYOND = Address("0.0.0.0", 8080)  # noqa: S104 - compared, not bound


def test_beyond_loopback_a_key_is_needed_and_the_first_one_made(tmp_path: Path) -> None:
    """On loopback neither, unless keys are required there too."""
    here, beyond = Settings(data_dir=tmp_path / "a"), Settings(data_dir=tmp_path / "b", http=BEYOND)
    asking = Settings(data_dir=tmp_path / "c", keys_required=True)
    assert [required(one) for one in (here, beyond, asking)] == [False, True, True]
    assert first_key(here) is None
    assert not here.keys_file.exists()
    assert first_key(beyond) is not None
    assert first_key(beyond) is None
    assert first_key(asking) is not None


def test_a_deployment_that_brings_a_key_needs_no_first_one(tmp_path: Path) -> None:
    """Otherwise an admin's key would stand in the log of its container."""
    secret = tmp_path / "api_key"
    secret.write_text("x" * 64)
    assert first_key(Settings(data_dir=tmp_path, http=BEYOND, reader_key=secret)) is None


def test_certificate_and_key_belong_together(tmp_path: Path) -> None:
    """One without the other is an error, and no plain HTTP."""
    pem = tmp_path / "a.pem"
    assert certificate(Settings()) is None
    assert certificate(Settings(tls_cert=pem, tls_key=pem)) == (pem, pem)
    for half in (Settings(tls_cert=pem), Settings(tls_key=pem)):
        with pytest.raises(SettingsError, match="belong together"):
            certificate(half)
