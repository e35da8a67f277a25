"""A connection to a broker for administration, by kafka-python."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from pdm.broker.security import PLAIN, Security
from pdm.broker.security import client as client_of
from pdm.errors import BrokerError


@contextmanager
def admin(bootstrap: str, within: float = 10.0, security: Security = PLAIN) -> Iterator[Any]:
    """Open an administration client and close it again.

    bootstrap : HOST:PORT, or several with commas between
    within    : seconds to wait for a first answer of the broker
    security  : how to get in
    raises BrokerError for whatever goes wrong between us and the broker
    """
    if not any(_listens(address.strip(), security.context) for address in bootstrap.split(",")):
        raise BrokerError(f"no Kafka answers at {bootstrap}")
    try:
        client = KafkaAdminClient(
            bootstrap_servers=bootstrap, bootstrap_timeout_ms=int(within * 1000), **client_of(security)
        )
    except KafkaError as error:
        detail = f"what answers at {bootstrap} is no Kafka, or lets us not in by {security.protocol}: {error}"
        raise BrokerError(detail) from error
    try:
        yield client
    except KafkaError as error:
        raise BrokerError(f"the Kafka at {bootstrap} refused: {error}") from error
    finally:
        client.close()


def _listens(address: str, context: ssl.SSLContext | None) -> bool:
    """Tell at once whether anybody listens: the client would try for all its time, and leak sockets.

    raises BrokerError where what listens shows a certificate that we do not trust, or none
    """
    host, _, port = address.rpartition(":")
    if not (host and port.isdigit()):
        raise BrokerError(f"{address!r} is not HOST:PORT")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=3.0) as line:
            if context is not None:
                context.wrap_socket(line, server_hostname=host.strip("[]")).close()
    except ssl.SSLError as error:
        raise BrokerError(f"no TLS with {address} that can be trusted: {error}") from error
    except OSError:
        return False
    return True
