"""Tables for people: the terminal's width, the terminal's time zone, colours where they mean something."""

import sys
from collections.abc import Iterable
from datetime import datetime

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pdm.chain.advisory.facts import Role, channel_facts, with_unit
from pdm.instant import NS, nanoseconds
from pdm.records.event import Evidence

UNCUT_WIDTH = 100_000
"""Columns where nobody sees a terminal: in a pipe every row is one line, and every name whole."""

STYLES = {
    "notice": "cyan",
    "warning": "yellow",
    "alarm": "red",
    "critical": "bold white on red",
    "learning": "cyan",
    "normal": "green",
    "maintenance": "blue",
    "watch": "cyan",
    "plan": "yellow",
    "soon": "red",
    "now": "bold white on red",
}


def console() -> Console:
    """Return the console on standard output: as wide as the terminal, and elsewhere as wide as it takes."""
    return Console(width=None if sys.stdout.isatty() else UNCUT_WIDTH, highlight=False)


def print_table(columns: Iterable[str], rows: Iterable[Iterable[str]], empty: str) -> None:
    """Print rows under their columns, or say that there are none."""
    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(cell, style=STYLES.get(cell, "")) for cell in row))
    out = console()
    with out.capture() as written:
        out.print(table if table.row_count else Text(empty))
    click.echo("\n".join(line.rstrip() for line in written.get().removesuffix("\n").split("\n")))


def local_time(time: str) -> str:
    """Return an instant to the second in the terminal's time zone, which it names."""
    return datetime.fromtimestamp(nanoseconds(time) // NS).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")


def reading(evidence: Evidence) -> str:
    """Return what a channel said, in people's units: its value, and what it is compared with."""
    value, *references = channel_facts(evidence)
    names = {Role.BASELINE: "usual", Role.LIMIT: "limit"}
    compared = ", ".join(f"{names[one.role]} {with_unit(one)}" for one in references)
    return f"{evidence.channel} {with_unit(value)}" + (f" ({compared})" if compared else "")
