"""When each machine was last heard, on disk: a door that is started again goes on waiting for those it knew.

Without it the last frame of a machine that fell silent while its door was down would stay open, and
nobody would say that there is no data.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from pdm.gateway.quiet import Heard
from pdm.gateway.silence import Silence
from pdm.records.block import Source

log = logging.getLogger(__name__)

EVERY_S = 5.0
"""What was first heard in the last seconds before a crash is not remembered."""


class Memory(Struct, frozen=True, array_like=True):
    """Machines by source, and the wall clock in ns at which they were written down."""

    written: int
    machines: list[tuple[Source, Heard]]


async def remembering(
    silence: Silence,
    path: Path | None,
    clock_ns: Callable[[], int] = time.time_ns,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Recall what `path` says, then write it again and again, and a last time when cancelled.

    Without a path, or where it cannot be written, the door works all the same.
    """
    if path is None:
        return
    silence.recall(read(path, clock_ns()))
    writing = asyncio.Lock()
    try:
        while True:
            await pause(EVERY_S)
            await asyncio.shield(_write(path, Memory(clock_ns(), silence.remembered()), writing))
    finally:
        await _write(path, Memory(clock_ns(), silence.remembered()), writing)


def read(path: Path, now_ns: int) -> list[tuple[Source, Heard]]:
    """Return who was heard before, as if no time had passed since it was written down.

    While the door is down nobody can be heard, so this time is no machine's silence.
    """
    try:
        memory = msgspec.msgpack.decode(path.read_bytes(), type=Memory)
    except FileNotFoundError:
        return []
    except (OSError, msgspec.DecodeError) as error:
        log.warning("who was heard before is not known: %s: %s", path, error)
        return []
    away = max(0, now_ns - memory.written)
    return [(source, structs.replace(heard, at=heard.at + away)) for source, heard in memory.machines]


def write(path: Path, memory: Memory) -> None:
    """Replace the file whole; raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(msgspec.msgpack.encode(memory))
    part.replace(path)


async def _write(path: Path, memory: Memory, writing: asyncio.Lock) -> None:
    """Write beside the loop, one after the other: a write that is cancelled still comes to its end."""
    try:
        async with writing:
            await asyncio.to_thread(write, path, memory)
    except OSError as error:
        log.warning("who was heard is not written down: %s: %s", path, error)
