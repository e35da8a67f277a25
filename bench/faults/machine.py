"""Faults of the machine: a full disk, fsync that fails, clocks that jump, a database that dies."""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.faults.ground import Ground
from bench.faults.seen import BrokenPromiseError, Fault, NotHereError
from bench.postgresql import Postgresql, program
from bench.trial import Compared, Trial
from pdm.supervision.service import COMMANDS, Service

MACHINES, SECONDS = 4, 600
"""Of the small plant that each of these faults has to itself."""
TMPFS = "400m"
FULL_S, FSYNC_S, JUMP_S = 12.0, 8.0, 6.0
DATABASE_KILLS, DATABASE_AWAY_S = 3, 4.0
FAKETIME = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/local/lib/faketime/libfaketimeMT.so.1")


def full_disk(ground: Ground) -> str:
    """Fill the broker's disk under load, and free it again."""
    if os.geteuid() != 0:
        raise NotHereError("mounting a small tmpfs needs root")

    def fill(own: Ground, disk: Path) -> str:
        ballast = disk / "ballast"
        with own.loading(own.left // 2):
            _fill(ballast)
            time.sleep(FULL_S)
            ballast.unlink()
        return f"the broker's disk was full for {FULL_S:g} s"

    with _small_disk() as disk:
        return _alone(ground, lambda own: fill(own, disk), kafka=disk)


def failing_fsync(ground: Ground) -> str:
    """Let every fsync of the recorder fail for a while."""
    strace = _program("strace")

    def fail(own: Ground) -> str:
        command = [strace, "-f", "-qq", "-o", os.devnull, "-p", str(own.service.pids["recorder"])]
        inject = ["-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO"]
        with subprocess.Popen([*command, *inject], stderr=subprocess.DEVNULL) as tracer:  # noqa: S603
            own.load(own.left // 2)
            time.sleep(FSYNC_S)
            if tracer.poll() not in {None, 0}:
                raise NotHereError("strace may not trace here")
            tracer.terminate()
        return f"fsync of the recorder failed for {FSYNC_S:g} s"

    return _alone(ground, fail)


def jumping_clock(ground: Ground) -> str:
    """Let the clock of all our processes jump by an hour forth, and then behind the true one.

    Not further back than a reading may be ahead of the gateway's clock: it would rightly refuse them.
    """
    library = next((str(found) for place in FAKETIME for found in Path("/").glob(place[1:])), None)
    if library is None:
        raise NotHereError("libfaketime is not installed")

    with tempfile.TemporaryDirectory(prefix="pdm-clock-") as place:
        clock = Path(place) / "offset"
        clock.write_text("+0\n", "utf-8")
        faked = {
            "LD_PRELOAD": library,
            "FAKETIME_TIMESTAMP_FILE": str(clock),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        env = ["env", *(f"{name}={value}" for name, value in faked.items())]
        commands = {name: (*env, *command) for name, command in COMMANDS.items()}

        def jump(own: Ground) -> str:
            for offset in ("+3600", "-200", "+0"):
                with own.loading(own.left // 3):
                    clock.write_text(f"{offset}\n", "utf-8")
                    time.sleep(JUMP_S)
            return "the clock of all processes went 1 h ahead, then 200 s behind, then right"

        return _alone(ground, jump, commands=commands)


def database_gone(ground: Ground) -> str:
    """Crash PostgreSQL under load, again and again, and start it when work has piled up."""
    server = Postgresql(_program("initdb"), _program("postgres"), durable=True)

    def crash(own: Ground) -> str:
        for _ in range(DATABASE_KILLS):
            with own.loading(own.left // (DATABASE_KILLS + 1)):
                server.kill()
                ground.kills["postgresql"] += 1
                time.sleep(DATABASE_AWAY_S)
                server.start()
        return f"PostgreSQL was crashed {DATABASE_KILLS} times, and away for {DATABASE_AWAY_S:g} s each"

    try:
        server.start()
        return _alone(ground, crash, store=server.database())
    finally:
        server.remove()


def _alone(
    ground: Ground,
    hurt: Callable[[Ground], str],
    commands: Mapping[str, Sequence[str]] = COMMANDS,
    kafka: Path | None = None,
    store: str = "",
) -> str:
    """Run a small trial on a service of its own, and add what was lost to the ground's totals."""
    trial = Trial(MACHINES, SECONDS, seed=11)
    with tempfile.TemporaryDirectory(prefix="pdm-faults-") as place:
        if kafka is not None:
            (Path(place) / "data").mkdir()
            (Path(place) / "data" / "kafka").symlink_to(kafka)
        with trial.serving(Path(place), store, commands=commands) as service:
            own = Ground(service, trial)
            own.load(own.left // 4)
            told = hurt(own)
            own.load(own.left)
            trial.end(service)
            found = trial.compare(service)
            restarts = _restarts(service)
    if not _whole(found):
        raise BrokenPromiseError(f"{told}: {found}")
    ground.others.append(found)
    return f"{told}; all {trial.readings:,} readings are there, {found.events} events equal; {restarts}"


def _whole(found: Compared) -> bool:
    lost = (found.lost_readings, found.missing_rows, found.missing_history)
    return found.equal and found.balanced and not any((*lost, found.duplicate_rows, found.duplicate_history))


def _restarts(service: Service) -> str:
    counts = {name: count for name, count in service.restarts.items() if count}
    told = ", ".join(f"{name} {count}" for name, count in counts.items())
    return f"restarts: {told}" if told else "no restart"


def _program(name: str) -> str:
    found = program(name)
    if found is None:
        raise NotHereError(f"{name} is not installed")
    return found


@contextmanager
def _small_disk() -> Iterator[Path]:
    """Mount a disk of its own for a while."""
    with tempfile.TemporaryDirectory(prefix="pdm-disk-") as place:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={TMPFS}", "tmpfs", place]
        if subprocess.run(mount, check=False, capture_output=True).returncode:  # noqa: S603
            raise NotHereError("a tmpfs cannot be mounted here")
        try:
            yield Path(place)
        finally:
            subprocess.run(["umount", "-l", place], check=True)  # noqa: S603, S607


def _fill(ballast: Path) -> None:
    """Write until nothing more fits."""
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue


FAULTS = (
    Fault("disk-full", "a full disk of the broker costs time, and nothing else", full_disk, alone=True),
    Fault("fsync", "a store that cannot be written costs time, and nothing else", failing_fsync, alone=True),
    Fault(
        "clock",
        "no result depends on a process's clock, as long as readings do not seem to come from the future",
        jumping_clock,
        alone=True,
    ),
    Fault("postgresql", "a database that dies costs time, and nothing else", database_gone, alone=True),
)
