"""What the broker asks for, in Faust's words."""

import faust
from faust.types.auth import CredentialsT

from pdm.broker.security import security
from pdm.settings import Settings


def credentials(settings: Settings) -> CredentialsT | None:
    """Return the credentials of a worker; None for a broker that asks for nothing."""
    chosen = security(settings)
    if chosen.mechanism:
        return faust.SASLCredentials(
            username=chosen.user,
            password=str(chosen.password),
            ssl_context=chosen.context,
            mechanism=chosen.mechanism,
        )
    return None if chosen.context is None else faust.SSLCredentials(chosen.context)
