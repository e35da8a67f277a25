"""Asks a Kafka broker, by two plain requests, whether it truly serves.

A client library answers the same only after its own retries, which cost seconds at each start.
"""

import socket
import struct

API_VERSIONS, METADATA = 18, 3


def serves(host: str, port: int, timeout: float = 1.0) -> bool:
    """Tell whether ApiVersions answers without error and the metadata list at least one broker."""
    try:
        with socket.create_connection((host, port), timeout) as connection:
            (error,) = struct.unpack_from(">h", _ask(connection, API_VERSIONS, 0, b""))
            if error:
                return False
            no_topics = struct.pack(">i", 0)
            (brokers,) = struct.unpack_from(">i", _ask(connection, METADATA, 1, no_topics))
    except (OSError, struct.error):
        return False
    return bool(brokers > 0)


def _ask(connection: socket.socket, api: int, version: int, body: bytes) -> bytes:
    """Send one request and return the answer's body, without size and correlation id."""
    client = b"pdm-probe"
    request = struct.pack(">hhih", api, version, 7, len(client)) + client + body
    connection.sendall(struct.pack(">i", len(request)) + request)
    (size,) = struct.unpack(">i", _read(connection, 4))
    return _read(connection, size)[4:]


def _read(connection: socket.socket, size: int) -> bytes:
    """Read exactly `size` bytes, or raise ConnectionError."""
    parts = bytearray()
    while len(parts) < size:
        part = connection.recv(size - len(parts))
        if not part:
            raise ConnectionError("the broker closed the connection")
        parts += part
    return bytes(parts)
