"""An outlet without a broker: errors to raise in a queue, what was sent in a history."""

import asyncio
from collections.abc import Sequence

import msgspec
import numpy as np

from pdm.chain.acquisition.pack import Packed
from pdm.errors import BrokerError
from pdm.gateway.outlet import Outgoing
from pdm.records.block import Machine
from pdm.records.control import Control
from pdm.store.protocol import Batch, Store


class FakeOutlet:
    """Takes every flush, unless an error is queued for it.

    `gate` holds acknowledgements back, and `reached` is set when a flush is there.
    """

    def __init__(self) -> None:
        self.errors: list[Exception | None] = []
        self.history: list[list[Packed]] = []
        self.messages: list[Outgoing] = []
        self.trouble: BrokerError | None = None
        self.gate: asyncio.Event | None = None
        self.reached = asyncio.Event()
        self.closed = False

    async def send(self, blocks: Sequence[Packed]) -> None:
        """Take a flush."""
        self.history.append(list(blocks))
        await self._decide()

    async def put(self, messages: Sequence[Outgoing]) -> None:
        """Take messages."""
        self.messages += messages
        await self._decide()

    async def _decide(self) -> None:
        """Acknowledge, or raise what is queued."""
        self.reached.set()
        if self.gate is not None:
            await self.gate.wait()
        error = self.errors.pop(0) if self.errors else None
        if error is not None:
            raise error

    async def check(self) -> None:
        """Raise the trouble there is."""
        if self.trouble is not None:
            raise self.trouble

    async def close(self) -> None:
        """Note the end."""
        self.closed = True

    @property
    def flushes(self) -> list[list[float]]:
        """The values of each flush, partition by partition and topic by topic."""
        return [
            [value for packed in flush for value in np.frombuffer(packed.block.value).tolist()]
            for flush in self.history
        ]

    @property
    def frontiers(self) -> list[dict[str, int]]:
        """The frontier of each flush, by asset."""
        return [
            {asset: ns for packed in flush for asset, ns in frontier(packed).items()}
            for flush in self.history
        ]


def frontier(packed: Packed) -> dict[str, int]:
    """Read the frontier of one block, by asset."""
    machines = msgspec.msgpack.decode(packed.block.machines, type=list[Machine])
    times = np.frombuffer(packed.block.frontier, "<i8").tolist()
    return {machine.asset: ns for machine, ns in zip(machines, times, strict=True)}


class Recorded(FakeOutlet):
    """An outlet whose control records are in a store at once, as if there were a recorder."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store

    async def put(self, messages: Sequence[Outgoing]) -> None:
        """Take messages, and record what people change."""
        await super().put(messages)
        rows = tuple(msgspec.msgpack.decode(one.value, type=Control) for one in messages)
        here = self.store.offset("t", 0)
        self.store.record(Batch("t", 0, here, here + 1, rows))
