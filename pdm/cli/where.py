"""Finds the broker that a command should talk to, and how it lets a client in."""

import os
from pathlib import Path

from pdm import settings
from pdm.broker.security import Security, security
from pdm.errors import BrokerError
from pdm.supervision import record


def bootstrap(given: str | None, data_dir: Path | None) -> str:
    """Return what was given, else that of the service running in `data_dir`, else PDM_BOOTSTRAP.

    raises BrokerError saying what to do where none of the three names a broker
    """
    running = record.read(data_dir) if data_dir is not None else None
    found = given or (running.bootstrap if running else "") or os.environ.get("PDM_BOOTSTRAP", "")
    if found:
        return found
    if data_dir is not None:
        raise BrokerError(f"no service runs in {data_dir}: there is no {record.path(data_dir)}")
    raise BrokerError("which broker? Say --bootstrap HOST:PORT, --data-dir DIR, or set PDM_BOOTSTRAP")


def secured() -> Security:
    """Return how the environment says that the broker lets a client in; raises SettingsError."""
    return security(settings.read(os.environ))
