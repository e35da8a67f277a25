"""How clients get into the broker, TLS and SASL: the one place that turns settings into their arguments."""

import ssl
from typing import Any

from msgspec import Struct

from pdm.settings import Secret, Settings, SettingsError


class Security(Struct, frozen=True):
    """What the broker asks for.

    protocol    : PLAINTEXT, SSL, SASL_SSL or SASL_PLAINTEXT
    context     : which certificates to trust, and our own; None without TLS
    mechanism, user, password : for SASL
    """

    protocol: str = "PLAINTEXT"
    context: ssl.SSLContext | None = None
    mechanism: str = ""
    user: str = ""
    password: Secret = Secret()


PLAIN = Security()
"""A broker that asks for nothing."""


def security(settings: Settings) -> Security:
    """Resolve what the settings say; raises SettingsError where something is missing or no certificate."""
    protocol = settings.kafka_security
    context = _context(settings) if protocol.endswith("SSL") else None
    if not protocol.startswith("SASL"):
        return Security(protocol, context)
    if not (settings.kafka_user and settings.kafka_password):
        raise SettingsError(f"PDM_KAFKA_SECURITY={protocol} needs PDM_KAFKA_USER and PDM_KAFKA_PASSWORD")
    return Security(protocol, context, settings.kafka_mechanism, settings.kafka_user, settings.kafka_password)


def client(chosen: Security) -> dict[str, Any]:
    """Return the arguments of a client of aiokafka or kafka-python: both call them alike."""
    found: dict[str, Any] = {"security_protocol": chosen.protocol}
    if chosen.context is not None:
        found["ssl_context"] = chosen.context
    if chosen.mechanism:
        found["sasl_mechanism"] = chosen.mechanism
        found["sasl_plain_username"] = chosen.user
        found["sasl_plain_password"] = str(chosen.password)
    return found


def _context(settings: Settings) -> ssl.SSLContext:
    """Trust the given certificates, or the system's; the broker's name is checked always."""
    try:
        context = ssl.create_default_context(cafile=settings.kafka_ca)
        if settings.kafka_cert is not None:
            context.load_cert_chain(settings.kafka_cert, settings.kafka_key)
    except OSError as error:
        raise SettingsError(f"PDM_KAFKA_CA, PDM_KAFKA_CERT or PDM_KAFKA_KEY: {error}") from error
    return context
