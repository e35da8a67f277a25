"""Free loopback ports for processes that are told their port."""

import random
import socket

LOWEST, HIGHEST = 20_000, 32_000
"""Below the range from which Linux and macOS take the ports of outgoing connections: a client that
retries a port of that range while its server is away may connect to itself and so take the port."""


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port of `host` on which nobody listens now."""
    for port in random.sample(range(LOWEST, HIGHEST), 200):
        if is_free(port, host):
            return port
    raise OSError(f"no free port between {LOWEST} and {HIGHEST} on {host}")


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Tell whether a server could listen on this port now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
