"""`pdmctl diff`: which alarms a change adds, removes or moves, on incidents that were recorded."""

from collections.abc import Sequence
from pathlib import Path

import click
import msgspec
from rich.table import Table

from pdm.cli.tables import console
from pdm.evaluate.alarm_diff import Change, Diff, compare
from pdm.evaluate.alarm_record import Alarm, Record, read, record, write
from pdm.evaluate.incidents import Incidents, recorded, shipped
from pdm.evaluate.judging import Judged
from pdm.evaluate.page import diff_page
from pdm.evaluate.picture import Pictured
from pdm.evaluate.signals import Signals
from pdm.instant import NS
from pdm.plant.load import load

NOW = "now"
INCIDENTS = click.option(
    "--incidents",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Labelled recordings in SKAB's layout; the simulated incidents that ship unless given.",
)


class Comparing(click.Group):
    """A group that compares where no command is named."""

    default = "compare"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `compare` in front, unless a command or help is asked for."""
        if args and args[0] not in {*self.commands, "--help"}:
            args = [self.default, *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=Comparing,
    help="Which alarms a change adds, removes or moves: pdmctl diff BASE HEAD. Each is a plant file "
    f"(.toml), a record of `pdmctl diff record` (.json), or {NOW!r}, what this version does.",
)
def diff() -> None:
    pass


@diff.command(name="record", help="Write down the alarms of all incidents, to compare with later.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The record.")
@click.option(
    "--plant",
    type=click.Path(exists=True, dir_okay=False),
    help="Plant file; that of the incidents unless given.",
)
@INCIDENTS
def record_alarms(out: Path, plant: str | None, folder: Path | None) -> None:
    found, _ = record(_incidents(folder), load(plant) if plant else None)
    write(out, found)
    click.echo(
        f"{len(found.incidents)} incidents, {sum(len(i.alarms) for i in found.incidents)} alarms: {out}"
    )


@diff.command(name="compare", help="Compare BASE with HEAD; the same as without `compare`.")
@click.argument("base")
@click.argument("head")
@INCIDENTS
@click.option("--accept", is_flag=True, help="Make HEAD the new record BASE, whatever it changes.")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a page with every incident drawn.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def compare_alarms(
    ctx: click.Context,
    base: str,
    head: str,
    folder: Path | None,
    accept: bool,
    report: Path | None,
    as_json: bool,
) -> None:
    if accept and not base.endswith(".json"):
        raise click.UsageError("--accept writes a record: BASE must be a .json file")
    sides = Sides(folder)
    after = sides.record(head)
    before = sides.record(base)
    found = compare(before, after)
    if report:
        report.write_text(diff_page(found, sides.pictures(head, before), base, head), encoding="utf-8")
    if as_json:
        click.echo(msgspec.json.encode(found))
    else:
        show(found)
    if accept:
        write(Path(base), after)
        click.echo(f"accepted: {base}", err=True)
    elif found.red:
        ctx.exit(1)


class Sides:
    """Both sides of a comparison on the same incidents, which are made once and only if needed."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._incidents: Incidents | None = None

    def record(self, side: str) -> Record:
        """Read a record, or judge all incidents by a plant file or by what ships."""
        if side.endswith(".json"):
            return read(Path(side))
        return self._judged(side)[0]

    def pictures(self, side: str, before: Record) -> list[Pictured]:
        """Draw all incidents as one side judges them, with the alarms of the other.

        raises click.UsageError where that side is a record, which holds no signals
        """
        if side.endswith(".json"):
            raise click.UsageError("--report draws HEAD: it must be a plant file or now, not a record")
        incidents, (_, found) = self._same(), self._judged(side)
        raised = {one.name: [alarm.raised_s for alarm in one.alarms] for one in before.incidents}
        return [
            Pictured(run.signals, one, _instants(run.signals, raised[run.signals.asset]))
            for run, one in zip(incidents.runs, found, strict=True)
        ]

    def _judged(self, side: str) -> tuple[Record, list[Judged]]:
        return record(self._same(), None if side == NOW else load(side))

    def _same(self) -> Incidents:
        if self._incidents is None:
            self._incidents = _incidents(self._folder)
        return self._incidents


def _instants(signals: Signals, seconds: Sequence[float]) -> tuple[int, ...]:
    return tuple(int(signals.times[0]) + round(second * NS) for second in seconds)


def _incidents(folder: Path | None) -> Incidents:
    def progress(line: str) -> None:
        click.echo(line, err=True)

    return recorded(folder, progress) if folder else shipped(progress)


def show(found: Diff) -> None:
    """Print what changed, incident by incident, and the verdict."""
    out = console()
    table = Table(
        "incident", "fault", "what", "alarm", "lead s", box=None, pad_edge=False, header_style="bold"
    )
    for one in found.incidents:
        for what, alarm in _lines(one):
            table.add_row(one.name, one.fault, what, alarm, _lead(one))
    if table.row_count:
        out.print(table)
    out.print(
        f"{found.added} added, {found.removed} removed, {found.moved} moved, {found.altered} altered; "
        f"failures found {found.found_base} -> {found.found_head} of {found.failures}, "
        f"false alarms {found.false_base} -> {found.false_head}"
    )
    for name in found.lost:
        out.print(f"RED: the failure of {name} is no longer found")
    for name in found.later:
        out.print(f"RED: the alarm of {name} leaves less than 90 % of the lead time it gave")
    if not found.red:
        out.print("no labelled failure is lost, and none is told much later")


def _lines(one: Change) -> list[tuple[str, str]]:
    """Say each change of an incident in words."""
    lines = [("added", _alarm(alarm)) for alarm in one.added]
    lines += [("removed", _alarm(alarm)) for alarm in one.removed]
    lines += [(f"moved by {moved.by_s:+g} s", _alarm(moved.head)) for moved in one.moved]
    return lines + [("altered", f"{_alarm(two.base)} -> {_alarm(two.head)}") for two in one.altered]


def _alarm(alarm: Alarm) -> str:
    until = "the end" if alarm.cleared_s is None else f"{alarm.cleared_s:g} s"
    return f"{alarm.severity}, {alarm.raised_s:g} s to {until}, {alarm.cause} by {alarm.channel or 'nothing'}"


def _lead(one: Change) -> str:
    if one.lead_base_s is None and one.lead_head_s is None:
        return ""
    before, after = ("missed" if s is None else f"{s:g}" for s in (one.lead_base_s, one.lead_head_s))
    return f"{before} -> {after}"
