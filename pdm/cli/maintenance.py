"""`pdmctl maintenance`: what is done to which machine and when, announced, listed and ended."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path

import click

from pdm.cli.service import DEFAULT_URL, Asked, collect, given, post, print_json, service_options
from pdm.cli.tables import local_time, print_table
from pdm.records.control import MaintenanceKind, MaintenanceWindow
from pdm.records.posted_control import PostedEnd, PostedMaintenance
from pdm.store.protocol import Page

COLUMNS = ("from", "to", "asset", "kind", "note", "who", "state", "id")


FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group(help="Announce, list and end maintenance of machines.")
def maintenance() -> None:
    pass


def _service(command: Callable[..., None]) -> Callable[..., None]:
    """Add --url, --ca, --run and --json, which reach the command as its first argument, `Asked`."""

    @wraps(command)
    def asking(*, url: str, ca: Path | None, run: str, as_json: bool, **others: object) -> None:
        command(Asked(url, run, 1, as_json, ca), **others)

    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
        click.option("--run", default="", help="Namespace of a replay run; the live plant unless said."),
        click.option(
            "--ca", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Trust these."
        ),
        click.option("--url", default=DEFAULT_URL, show_default=True, help="Where the service is."),
    ):
        asking = option(asking)
    return asking


@maintenance.command(help="Announce maintenance of ASSET: its alarms are closed, nothing is raised.")
@click.argument("asset")
@click.option(
    "--kind",
    type=click.Choice([one.value for one in MaintenanceKind]),
    required=True,
    help="After an inspection the baseline goes on; after all others a new one begins.",
)
@click.option("--from", "begin", help="RFC 3339; now unless said.")
@click.option("--to", help="RFC 3339; left out while nobody knows the end.")
@click.option("--note", default="", help="What people should know.")
@click.option("--id", "name", default="", help="Your name for it: a repeat is the same maintenance.")
@_service
def add(asked: Asked, asset: str, kind: str, begin: str | None, to: str | None, note: str, name: str) -> None:
    said = PostedMaintenance(asset, MaintenanceKind(kind), begin, to, note, name, asked.run)
    _tell(post(asked.url, "/v1/maintenance", said, MaintenanceWindow, asked.ca), asked)


@maintenance.command("list", help="List maintenance, the latest beginning first.")
@service_options
@click.option("--asset", help="Only of this machine.")
@click.option("--since", help="Only what holds at or after this instant (RFC 3339).")
@click.option("--until", help="Only what begins before this instant (RFC 3339).")
def listing(asked: Asked, asset: str | None, since: str | None, until: str | None) -> None:
    wanted = given(asset=asset, since=since, until=until)
    page = collect(asked, "/v1/maintenance", wanted, Page[MaintenanceWindow])
    if asked.as_json:
        print_json(page)
        return
    print_table(COLUMNS, [_row(one) for one in page.items], "No maintenance.")


@maintenance.command(help="Let the maintenance ID end; with --cancel it never was.")
@click.argument("name", metavar="ID")
@click.option("--to", help="RFC 3339; now unless said.")
@click.option("--cancel", is_flag=True, help="Take it back, as if nobody had announced it.")
@_service
def end(asked: Asked, name: str, to: str | None, cancel: bool) -> None:
    if cancel and to:
        raise click.UsageError("--cancel needs no --to")
    path = f"/v1/maintenance/{name}/{'cancel' if cancel else 'end'}"
    path += f"?run={asked.run}" if asked.run else ""
    _tell(post(asked.url, path, PostedEnd(to), MaintenanceWindow, asked.ca), asked)


def _tell(one: MaintenanceWindow, asked: Asked) -> None:
    if asked.as_json:
        print_json(one)
    else:
        print_table(COLUMNS, [_row(one)], "")


def _row(one: MaintenanceWindow) -> tuple[str, ...]:
    state = (
        f"cancelled by {one.ended_by}" if one.cancelled else f"ended by {one.ended_by}" if one.ended else ""
    )
    to = local_time(one.to) if one.to else "open"
    return local_time(one.begin), to, one.asset, one.kind.value, one.note, one.who, state, one.id
