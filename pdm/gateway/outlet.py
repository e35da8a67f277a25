"""What the gateway asks of a broker; the tests put a list in its place."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from pdm.chain.acquisition.pack import Packed

WAIT_S = 5
"""What a client is told to wait when the broker does not answer."""


class Outgoing(Struct, frozen=True):
    """One message and where it goes."""

    topic: str
    partition: int
    value: bytes
    key: bytes | None = None


class Outlet(Protocol):
    """Takes blocks, and says when they are safe."""

    async def send(self, blocks: Sequence[Packed]) -> None:
        """Deliver blocks in their order, and return when every one is acknowledged by all replicas.

        raises BrokerError where that is not known in time; they may arrive nevertheless
        """

    async def put(self, messages: Sequence[Outgoing]) -> None:
        """Deliver messages that are no blocks, with the same promise; raises BrokerError."""

    async def check(self) -> None:
        """Return if the broker answers and has the topics as they must be; raises BrokerError."""

    async def close(self) -> None:
        """Let go of the broker."""
