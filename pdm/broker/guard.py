"""Run as a script, not imported: becomes the given command, after leaving a watcher beside it.

    python -I -S guard.py LIFELINE GRACE PARENT COMMAND...

LIFELINE is the reading end of a pipe whose other end only the parent holds: at its end of file the
parent is gone, whatever killed it, and the watcher ends the command: SIGTERM, GRACE seconds later
SIGKILL. PARENT is the parent's process id where Linux's parent-death signal may be used as well, else 0.
Uses the standard library alone and starts in 20 ms; works on any POSIX system.
"""

import os
import select
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(lifeline: int, grace: float, parent: int, command: list[str]) -> None:
    """Leave the watcher behind and become the command, under the process id that the parent knows."""
    command_id = os.getpid()
    life, ours = os.pipe()
    if os.fork() == 0:
        if os.fork() == 0:  # adopted by init, so that the command has no child it does not know
            _close_all_but(lifeline, life)
            _watch(lifeline, life, command_id, grace)
        os._exit(0)
    os.wait()
    os.close(life)
    os.close(lifeline)
    os.set_inheritable(ours, True)  # open as long as the command lives: then the watcher sees the end
    if parent:
        _die_with(parent)
    try:
        os.execvp(command[0], command)  # noqa: S606 - the parent chose this command
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")


def _close_all_but(*kept: int) -> None:
    """Hold nothing open that others wait for: output, locks, the folder, the terminal."""
    os.setsid()
    os.chdir("/")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nothing, number)
    below = 2
    for number in [*sorted(kept), os.sysconf("SC_OPEN_MAX")]:
        os.closerange(below + 1, number)
        below = number


def _watch(lifeline: int, life: int, command_id: int, grace: float) -> None:
    """End the command when the parent ends; return when the command has ended."""
    ended = select.select([lifeline, life], [], [])[0]
    if life not in ended:
        os.kill(command_id, signal.SIGTERM)
        os.kill(command_id, signal.SIGCONT)
        if not select.select([life], [], [], grace)[0]:
            os.kill(command_id, signal.SIGKILL)


def _die_with(parent: int) -> None:
    """Ask Linux to end this process with its parent, and end now if that is too late already."""
    if sys.platform != "linux":
        return
    import ctypes  # noqa: PLC0415 - only here, the start is counted in milliseconds

    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
