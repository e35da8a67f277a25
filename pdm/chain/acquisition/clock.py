"""A machine's clock within one flush: its newest data time, and how far readings lag behind it."""

import numpy as np

from pdm.chain.acquisition.columns import Array


def newest(machine: Array, time: Array, machines: int) -> Array:
    """Find the newest data time of each machine; every machine has a reading.

    returns (machines,) i8
    """
    found = np.full(machines, np.iinfo(np.int64).min, np.int64)
    np.maximum.at(found, machine, time)
    return found


def behind(machine: Array, time: Array) -> Array | None:
    """Say how far the newest time among a machine's earlier readings is ahead of each reading.

    returns (n,) i8 in ns, None where all are 0
    """
    order = np.argsort(machine, kind="stable")
    mine, at = machine[order], time[order]
    follows = mine[1:] == mine[:-1]
    if not (follows & (at[1:] < at[:-1])).any():
        return None
    instants, rank = np.unique(at, return_inverse=True)
    group = np.concatenate(([0], np.cumsum(~follows)))
    highest = np.maximum.accumulate(group * len(instants) + rank)
    before = instants[highest[:-1] % len(instants)]
    lag = np.zeros(len(at), np.int64)
    lag[order[1:]] = np.where(follows, np.maximum(before - at[1:], 0), 0)
    return lag


def closing(time_ns: int, frame_ns: int, lateness_ns: int) -> int:
    """Give the frontier that closes the frame of an instant: its end, and the lateness behind it."""
    return (time_ns // frame_ns + 1) * frame_ns + lateness_ns
