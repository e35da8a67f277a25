"""`pdmctl import readings`: recorded files into the history, past all alarms."""

from collections.abc import Iterable
from pathlib import Path

import click
import msgspec
from msgspec import structs

from pdm.cli.service import DEFAULT_URL
from pdm.replay import parquet_recording
from pdm.replay.backfill import Imported, deliver
from pdm.replay.layout import Layout, read_layout, recognise
from pdm.replay.recording import Recording, Request, assets_of, requests

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group(name="import", help="Load what was recorded elsewhere.")
def backfill() -> None:
    pass


@backfill.command(help="Load CSV or Parquet FILES into the history, past all alarms; twice changes nothing.")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--asset", help="The machine of a single file; otherwise it is named after the file.")
@click.option("--url", default=DEFAULT_URL, show_default=True, help="Where the service is.")
@click.option("--run", default="", help="Namespace; the live plant unless said.")
@click.option("--layout", "layout_file", type=FILE, help="What the columns mean; see docs/replay.md.")
@click.option("--decimal", type=click.Choice([".", ","]), help="Decimal sign, over the layout's.")
@click.option("--timezone", help="Of times that name none, over the layout's, such as Europe/Berlin.")
@click.option("--delimiter", help="Between columns, over the layout's.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def readings(
    files: tuple[Path, ...],
    asset: str | None,
    url: str,
    run: str,
    layout_file: Path | None,
    as_json: bool,
    **changes: str | None,
) -> None:
    if asset and len(files) > 1:
        raise click.UsageError("--asset names the machine of one file: import them one by one")
    said = {name: value for name, value in changes.items() if value is not None}
    given = structs.replace(read_layout(layout_file), **said) if layout_file else None
    names = [asset] if asset else assets_of(files)
    found = deliver(url, run, [_part(*one, given, said) for one in zip(files, names, strict=True)], _progress)
    if as_json:
        click.echo(msgspec.json.encode(found))
    else:
        _show(found)


def _part(
    path: Path, asset: str, given: Layout | None, changes: dict[str, str]
) -> tuple[str, str, Iterable[Request]]:
    """Open one file: Parquet by its name, anything else as CSV."""
    if path.suffix == ".parquet":
        machine_class = given.machine_class if given else ""
        return path.name, machine_class, parquet_recording.requests(path, asset, given)
    layout = given or structs.replace(recognise(path), **changes)
    return path.name, layout.machine_class, requests(Recording(asset, path, layout))


def _show(found: Imported) -> None:
    click.echo(f"{found.files} files, {found.accepted:,} readings accepted, {found.rejected:,} rejected")
    for reason, count in found.reasons.items():
        click.echo(f"  {reason}: {count:,}")
    for example in found.examples:
        click.echo(f"  {example}")
    rate = round(found.accepted / max(found.seconds, 1e-3))
    click.echo(f"{found.seconds:.1f} s, {rate:,} readings/s; the history shows them within some seconds")


def _progress(text: str) -> None:
    click.echo(text, err=True)
