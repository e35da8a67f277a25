"""What a Faust worker is told about getting into the broker."""

from typing import Any

from faust.types.auth import AuthProtocol

from pdm.settings import Secret, Settings
from streams.credentials import credentials


def test_a_broker_that_asks_for_nothing_gets_nothing() -> None:
    """As before there was anything to say."""
    assert credentials(Settings(kafka_user="pdm", kafka_password=Secret("hidden"))) is None


def test_tls_and_sasl_become_fausts_own_words() -> None:
    """Each protocol is the one that was said, with its mechanism; the password shows nowhere."""
    user = {"kafka_user": "pdm", "kafka_password": Secret("hidden"), "kafka_mechanism": "SCRAM-SHA-256"}
    for protocol in ("SSL", "SASL_SSL", "SASL_PLAINTEXT"):
        found: Any = credentials(Settings(kafka_security=protocol, **user))  # type: ignore[arg-type]
        assert found is not None
        assert found.protocol is AuthProtocol(protocol)
        assert "hidden" not in repr(found)
        if protocol != "SSL":
            assert (found.mechanism.value, found.password) == ("SCRAM-SHA-256", "hidden")
