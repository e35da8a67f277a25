"""`pdmctl align|monitor|advisor|recorder|historian`: one worker of one stage, as `pdmctl up` starts it."""

import os
import sys
from typing import NoReturn

import click


def _run(stage: str) -> NoReturn:
    """Become the worker: Faust lives in a package of its own, which imports this one."""
    os.execv(sys.executable, [sys.executable, "-m", "streams", stage])  # noqa: S606  (no shell is wanted)


@click.command()
def align() -> None:
    """Run one worker that puts readings into frames, in event time."""
    _run("align")


@click.command()
def monitor() -> None:
    """Run one worker that watches every machine and raises alarms."""
    _run("monitor")


@click.command()
def advisor() -> None:
    """Run one worker that writes advice on alarms."""
    _run("advisor")


@click.command()
def recorder() -> None:
    """Run the worker that records events, advice and standings into the store."""
    _run("recorder")


@click.command()
def historian() -> None:
    """Run the worker that writes readings into the history, and keeps it tidy."""
    _run("historian")
