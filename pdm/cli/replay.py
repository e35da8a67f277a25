"""`pdmctl replay`: recorded files through the whole pipeline, or straight through the chain."""

import os
import tempfile
import threading
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec
from msgspec import Struct, structs

from pdm.cli.service import API_KEY
from pdm.plant.load import load
from pdm.records.event import Event
from pdm.replay import live, offline
from pdm.replay.layout import Layout, read_layout, recognise
from pdm.replay.recording import Recording, assets_of
from pdm.replay.result import Summary, write_events
from pdm.settings import Address, private, read
from pdm.supervision.service import Service


class Wish(Struct, frozen=True):
    """What somebody wants to replay, and how; each field is the option of that name."""

    via: str | None
    without: bool
    url: str | None
    run: str | None
    plant: Path | None
    layout_file: Path | None
    decimal: str | None
    timezone: str | None
    delimiter: str | None
    out: Path | None
    keep: bool
    as_json: bool


FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command(help="Replay recorded CSV FILES: each is an in-order source and a machine named after it.")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--via", type=click.Choice(["kafka"]), help="Through the real pipeline (the default).")
@click.option("--offline", "without", is_flag=True, help="Straight through align and step, without Kafka.")
@click.option("--url", help="A running service; without it one is started for the replay, and stopped.")
@click.option("--run", "run", help="Namespace of the run at the API; a new one unless said.")
@click.option("--plant", type=FILE, help="Plant file for --offline and for a service of its own.")
@click.option("--layout", "layout_file", type=FILE, help="What the columns mean; see docs/replay.md.")
@click.option("--decimal", type=click.Choice([".", ","]), help="Decimal sign, over the layout's.")
@click.option("--timezone", help="Of times that name none, over the layout's, such as Europe/Berlin.")
@click.option("--delimiter", help="Between columns, over the layout's.")
@click.option(
    "--events",
    "out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write events here, as JSON lines.",
)
@click.option("--keep", is_flag=True, help="Leave the service of its own running until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def replay(files: tuple[Path, ...], **options: Any) -> None:
    wish = Wish(**options)
    if wish.without and (wish.via or wish.url):
        raise click.UsageError("--offline needs no service: leave --via and --url away")
    recordings, show = _recordings(files, wish), _show(wish)
    if wish.without:
        show(*offline.replay(load(wish.plant), recordings, _progress))
        return
    run = wish.run or f"replay-{uuid.uuid4().hex[:12]}"
    if wish.url:
        key = os.environ.get(API_KEY, "")
        show(*live.replay(wish.url, run, recordings, _progress, key))
    else:
        _with_service(wish, lambda at: show(*live.replay(at, run, recordings, _progress)))


def _recordings(files: Sequence[Path], wish: Wish) -> list[Recording]:
    given = read_layout(wish.layout_file) if wish.layout_file else None
    wanted = {"decimal": wish.decimal, "timezone": wish.timezone, "delimiter": wish.delimiter}
    changes = {name: value for name, value in wanted.items() if value is not None}

    def layout(path: Path) -> Layout:
        return structs.replace(given or recognise(path), **changes)

    return [Recording(asset, path, layout(path)) for asset, path in zip(assets_of(files), files, strict=True)]


def _with_service(wish: Wish, work: Callable[[str], None]) -> None:
    """Start a service in a throwaway directory, work with it, and stop it."""
    with tempfile.TemporaryDirectory(prefix="pdm-replay-") as folder:
        _progress("starting a service of its own")
        settings = structs.replace(
            private(read(os.environ)), data_dir=Path(folder), http=Address("127.0.0.1", 0), plant=wish.plant
        )
        with Service(settings) as service:
            work(service.url)
            if wish.keep:
                click.echo(f"the service goes on at {service.url}; Ctrl-C ends it", err=True)
                threading.Event().wait()


def _show(wish: Wish) -> Callable[[Summary, list[Event]], None]:
    def show(summary: Summary, events: list[Event]) -> None:
        if wish.out:
            write_events(wish.out, events)
        if wish.as_json:
            click.echo(msgspec.json.encode(summary))
            return
        click.echo(
            f"{summary.files} files, {summary.accepted:,} readings accepted, {summary.rejected:,} rejected"
        )
        click.echo(f"{summary.alarms} alarms in {summary.events} events, {summary.advice} pieces of advice")
        click.echo(f"{summary.seconds:.1f} s, {summary.readings_per_s:,} readings/s, via {summary.via}")
        if summary.run:
            click.echo(f"at the API: /v1/events?run={summary.run}")

    return show


def _progress(text: str) -> None:
    click.echo(text, err=True)
