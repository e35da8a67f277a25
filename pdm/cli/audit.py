"""`pdmctl audit`: whether the books balance, counted again from the topics themselves."""

import re
from pathlib import Path

import click
import httpx
import msgspec
from msgspec import Struct
from rich.table import Table

from pdm.broker.flow import Counted, count
from pdm.cli.tables import console
from pdm.cli.where import bootstrap as find_bootstrap
from pdm.cli.where import secured
from pdm.supervision import record

_ACCEPTED = re.compile(
    r'^pdm_records_total\{(?=[^}]*outcome="accepted")(?=[^}]*stage="gateway")[^}]*\} (\S+)$', re.M
)


class FlowReport(Struct, frozen=True):
    """Every reading accounted for, or not.

    stages     : stage -> outcome -> how many
    counted    : readings on the topics, counted again; deleted: messages that are no longer there to count
    unexplained: readings on the topics of which `align` does not say what became
    waiting    : messages that came after the account
    """

    balanced: bool
    stages: dict[str, dict[str, int]]
    counted: int
    unexplained: int
    deleted: int
    waiting: int
    partitions: tuple[Counted, ...]


@click.group(help="Check the books of the service.")
def audit() -> None:
    pass


@audit.command(help="Show where every reading went, counted again on the topics; status 1 unless balanced.")
@click.option("--bootstrap", metavar="HOST:PORT", help="The broker; otherwise PDM_BOOTSTRAP.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Use the broker of the service there.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def flow(bootstrap: str | None, data_dir: Path | None, as_json: bool) -> None:
    found = report(count(find_bootstrap(bootstrap, data_dir), secured()), _acknowledged(data_dir))
    if as_json:
        click.echo(msgspec.json.encode(found))
    else:
        _show(found)
    if not found.balanced:
        raise SystemExit(1)


def report(partitions: list[Counted], acknowledged: int | None = None) -> FlowReport:
    """Add up all partitions; `acknowledged` is what the gateway counted since it started, if it is known."""
    flows = [one.flow for one in partitions]
    read = sum(flow.readings for flow in flows)
    align = {
        "read": read,
        "framed": sum(flow.framed for flow in flows),
        "open": sum(flow.open for flow in flows),
        "late": sum(flow.late for flow in flows),
        "duplicate": sum(flow.duplicates for flow in flows),
        "conflict": sum(flow.conflicts for flow in flows),
        "dead_letter": sum(flow.put_aside for flow in flows),
    }
    counted, deleted = sum(one.readings for one in partitions), sum(one.deleted for one in partitions)
    gateway = {} if acknowledged is None else {"gateway": {"accepted": acknowledged}}
    return FlowReport(
        balanced=all(one.balanced for one in partitions),
        stages={**gateway, "align": align},
        counted=counted,
        unexplained=(read if deleted else counted) - sum(flow.accounted for flow in flows),
        deleted=deleted,
        waiting=sum(one.waiting for one in partitions),
        partitions=tuple(partitions),
    )


def _acknowledged(data_dir: Path | None) -> int | None:
    """Ask the gateway of the service in `data_dir` what it has acknowledged since it started."""
    running = record.read(data_dir) if data_dir is not None else None
    if running is None:
        return None
    try:
        page = httpx.get(f"{running.url}/metrics", timeout=10.0, trust_env=False).text
    except httpx.HTTPError:
        return None
    told = _ACCEPTED.search(page)
    return int(float(told.group(1))) if told else None


def _show(found: FlowReport) -> None:
    table = Table("stage", "outcome", "records")
    for stage, outcomes in found.stages.items():
        for outcome, number in outcomes.items():
            table.add_row(stage, outcome, f"{number:,}")
    console().print(table)
    if found.deleted:
        click.echo(f"not counted again: {found.deleted:,} messages were deleted by retention")
    else:
        click.echo(f"on the topics, counted again: {found.counted:,}; unexplained: {found.unexplained:,}")
    if any(one.flow.repeating for one in found.partitions):
        click.echo("align is reading again what it had read before a crash: ask again in a moment")
    click.echo(f"came after this account: {found.waiting:,} messages")
    click.echo(f"balanced: {'yes' if found.balanced else 'no'}")
