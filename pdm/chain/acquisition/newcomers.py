"""Names that nobody declared: each costs memory in every stage for good, so a source may bring so many."""

from collections import Counter
from threading import Lock

import numpy as np

from pdm.chain.acquisition.codes import distinct_codes
from pdm.chain.acquisition.columns import Array, Columns
from pdm.chain.acquisition.meaning import Refusal
from pdm.plant.lookup import channels_of
from pdm.plant.spec import Plant
from pdm.records.block import Channel, Source
from pdm.records.reading import Reason

MOST_NAMES = 25_000
"""Channels of machines that one source may bring beyond the plant file: at about 2.5 kB each, 60 MB."""
SOURCES = 4
"""All sources together may bring as many as so many of them, whatever they call themselves."""

_WIDTH = 64
"""Channels that the table has room for, those that came first; of others a set knows."""


class Newcomers:
    """Remembers the names that have come in; one that has once is never turned away.

    A name is a channel of a machine in a run. X and X.ANYTHING are one source, as they are one key. It
    lives as long as its process: after a start all names but the declared ones are new again.
    """

    def __init__(self, plant: Plant, most: int = MOST_NAMES) -> None:
        self.plant, self._most = plant, most
        self._machines: dict[str, dict[str, int]] = {}
        self._channels: dict[Channel, int] = {}
        self._known: set[int] = set()
        self._seen: Array = np.zeros((64, _WIDTH), bool)
        self._count: Counter[str] = Counter()
        self._numbered = 0
        self._lock = Lock()

    @property
    def refusal(self) -> Refusal:
        """Say why a name is turned away."""
        told = f"more than {self._most} names that the plant file does not declare came from this source, or "
        told += f"{self._most * SOURCES} from all: declare this machine and channel, or raise PDM_NEW_NAMES"
        return Reason.TOO_MANY_NAMES, told

    def too_many(self, source: Source, columns: Columns, good: Array) -> Array:
        """Find the readings that bring a name too many, and take the others' names in.

        good : (n,) bool, which readings nothing else is wrong with
        returns (n,) bool
        """
        if not good.any():
            return np.zeros(len(columns), bool)
        machines, width = self._machines.get(source.run, {}), len(columns.channels)
        machine = np.array([machines.get(asset, -1) for asset in columns.assets], np.int64)
        channel = np.array([self._channels.get(one, -1) for one in columns.channels], np.int64)
        if self._all_known(machine, channel, columns):
            return np.zeros(len(columns), bool)
        distinct, pair = distinct_codes(columns.machine.astype(np.int64) * width + columns.channel)
        m, c = np.divmod(distinct, width)
        keys = _key(machine[m], channel[c]).tolist()
        if self._known.issuperset(keys):
            return np.zeros(len(columns), bool)
        refused = np.zeros(len(distinct), bool)
        with self._lock:
            for one in _in_order(pair[good]):
                asset, kind = columns.assets[m[one]], columns.classes[m[one]]
                refused[one] = keys[one] not in self._known and not self._take(
                    source, asset, kind, columns.channels[c[one]]
                )
        return refused[pair] & good

    def _all_known(self, machine: Array, channel: Array, columns: Columns) -> bool:
        """Say whether nothing is new, where a look at a table can tell."""
        if min(machine.min(), channel.min()) < 0 or channel.max() >= _WIDTH:
            return False
        return bool(self._seen[machine[columns.machine], channel[columns.channel]].all())

    def takes(self, source: Source, asset: str, machine_class: str, channel: Channel) -> bool:
        """Take one name in, unless it is one too many."""
        with self._lock:
            return self._take(source, asset, machine_class, channel)

    def _take(self, source: Source, asset: str, machine_class: str, channel: Channel) -> bool:
        """Take a name in; one that is known or declared always comes in."""
        machine = self._machines.get(source.run, {}).get(asset, -1)
        if int(_key(machine, self._channels.get(channel, -1))) in self._known:
            return True
        if not self._is_declared(asset, machine_class, channel):
            owner = source.name.partition(".")[0]
            if self._count[owner] >= self._most or self._count.total() >= self._most * SOURCES:
                return False
            self._count[owner] += 1
        machines = self._machines.setdefault(source.run, {})
        if machine < 0:
            machine = machines[asset] = self._numbered
            self._numbered += 1
        code = self._channels.setdefault(channel, len(self._channels))
        self._known.add(int(_key(machine, code)))
        if code < _WIDTH:
            self._note(machine, code)
        return True

    def _note(self, machine: int, channel: int) -> None:
        """Note a name in the table, which grows as it must."""
        if machine >= len(self._seen):
            self._seen = np.concatenate([self._seen, np.zeros((machine + 1, _WIDTH), bool)])
        self._seen[machine, channel] = True

    def _is_declared(self, asset: str, machine_class: str, channel: Channel) -> bool:
        declared = channels_of(self.plant, asset, machine_class)
        return asset in self.plant.machines and channel.name in declared


def _key(machine: Array | int, channel: Array | int) -> Array:
    """Make one number of two; a negative one where either is not known."""
    return np.asarray((np.asarray(machine, np.int64) << 32) | np.asarray(channel, np.int64))


def _in_order(pair: Array) -> list[int]:
    """Give the distinct pairs in the order in which they first come."""
    distinct, first = np.unique(pair, return_index=True)
    found: list[int] = distinct[np.argsort(first)].tolist()
    return found
