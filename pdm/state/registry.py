"""Who sits where: machines of one partition by name, grouped into chunks that are saved whole."""

from collections.abc import Iterable

from pdm.records.log import Seat

CHUNK = 128
"""Machines in a chunk of state: small enough that a chunk stays below 512 KB."""


class Registry:
    """Machine ids of one partition: dense integers, `id // CHUNK` is the chunk.

    An id means nothing outside this process: chunks carry the names of their machines.
    """

    def __init__(self) -> None:
        self.seats: dict[int, Seat] = {}
        self._ids: dict[tuple[str, str], int] = {}
        self._free = 0
        self._end = 0

    def __len__(self) -> int:
        return self._end

    @property
    def chunks(self) -> int:
        """Number of chunks begun."""
        return -(-self._end // CHUNK)

    def find(self, run: str, asset: str) -> int:
        """Return the machine's id, or -1."""
        return self._ids.get((run, asset), -1)

    def add(self, seat: Seat) -> int:
        """Give a machine its id, or return the one it has."""
        known = self.find(seat.run, seat.asset)
        if known >= 0:
            return known
        machine = self._free
        self._free += 1
        self._end = max(self._end, self._free)
        self._ids[seat.run, seat.asset] = machine
        self.seats[machine] = seat
        return machine

    def load(self, chunk: int, seats: Iterable[Seat]) -> list[int]:
        """Take over a saved chunk; machines added later begin a chunk of their own.

        A machine that comes up again while the log is read a second time must not join a chunk
        that has already eaten what is being read.
        """
        ids = []
        for offset, seat in enumerate(seats):
            machine = chunk * CHUNK + offset
            self._ids[seat.run, seat.asset] = machine
            self.seats[machine] = seat
            ids.append(machine)
        self._end = max(self._end, (chunk + 1) * CHUNK)
        self._free = self._end
        return ids

    def members(self, chunk: int) -> list[int]:
        """Ids of the machines in a chunk, rising."""
        return [m for m in range(chunk * CHUNK, (chunk + 1) * CHUNK) if m in self.seats]
