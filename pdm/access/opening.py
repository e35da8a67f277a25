"""What a gateway needs to know of its keys before it opens: are they needed, and is there one."""

from pathlib import Path

from pdm.access import book
from pdm.access.loopback import is_loopback
from pdm.settings import Secret, Settings, SettingsError


def required(settings: Settings) -> bool:
    """Tell whether requests need a key: always, unless only this machine can reach the gateway."""
    return settings.keys_required or not is_loopback(settings.http.host)


def first_key(settings: Settings) -> Secret | None:
    """Create the first key where one is needed and there is none, and return it to be shown once."""
    if not required(settings) or settings.reader_key is not None:
        return None
    return book.first(settings.keys_file)


def certificate(settings: Settings) -> tuple[Path, Path] | None:
    """Return certificate and private key of the gateway; None for plain HTTP.

    raises SettingsError where one of the two is missing
    """
    if settings.tls_cert is None and settings.tls_key is None:
        return None
    if settings.tls_cert is None or settings.tls_key is None:
        raise SettingsError("PDM_TLS_CERT and PDM_TLS_KEY belong together: set both, or none")
    return settings.tls_cert, settings.tls_key
