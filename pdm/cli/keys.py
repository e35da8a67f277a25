"""`pdmctl keys`: makes API keys, lists them, and takes them back."""

import os
from pathlib import Path

import click
import msgspec

from pdm import settings
from pdm.access import book
from pdm.access.file import read
from pdm.access.keys import Key, Role
from pdm.cli.tables import print_table

COLUMNS = ("id", "name", "role", "paths", "readings/s", "created")

_data_dir = click.option(
    "--data-dir", type=click.Path(path_type=Path), help="Of the service: ./pdm-data; its keys.json is used."
)
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group(help="API keys: create, list, revoke. A running gateway notices at once.")
def keys() -> None:
    pass


@keys.command("create", help="Create a key and print it, once: only its hash is kept.")
@click.option("--name", required=True, help="Who has it; also the source of what it delivers.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    required=True,
    help="writer: delivers; reader: sees; operator: sees and acts; admin: all of it.",
)
@click.option("--path", "paths", multiple=True, help="Only machines at this place, north/hall-2; may repeat.")
@click.option("--rate", type=click.FloatRange(0, min_open=True), help="Readings per second in the long run.")
@click.option(
    "--burst", type=click.FloatRange(0, min_open=True), help="Readings at once; 10 s of the rate unless said."
)
@_data_dir
@_json
def create(
    name: str,
    role: str,
    paths: tuple[str, ...],
    rate: float | None,
    burst: float | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    wanted = Key(id="", name=name, role=Role(role), paths=paths, rate=rate or 0.0, burst=burst or 0.0)
    key, text = book.create(_file(data_dir), wanted)
    if as_json:
        click.echo(msgspec.json.encode({**_shown(key), "key": str(text)}))
        return
    click.echo(text)
    click.echo(f"key {key.id} of {key.name} ({key.role}); it is not shown again", err=True)


@keys.command("list", help="List keys: what each is for, never the key itself.")
@_data_dir
@_json
def list_(data_dir: Path | None, as_json: bool) -> None:
    found = read(_file(data_dir))
    if as_json:
        click.echo(msgspec.json.encode({"keys": [_shown(key) for key in found]}))
        return
    print_table(COLUMNS, [_row(key) for key in found], "No keys.")


@keys.command("revoke", help="Take the key with this ID back: from now on it is refused.")
@click.argument("key_id", metavar="ID")
@_data_dir
@_json
def revoke(key_id: str, data_dir: Path | None, as_json: bool) -> None:
    gone = book.revoke(_file(data_dir), key_id)
    if as_json:
        click.echo(msgspec.json.encode({"revoked": _shown(gone)}))
    else:
        click.echo(f"revoked: key {gone.id} of {gone.name}")


def _file(data_dir: Path | None) -> Path:
    said = {} if data_dir is None else {"PDM_DATA_DIR": str(data_dir), "PDM_KEYS": ""}
    return settings.read({**os.environ, **said}).keys_file


def _shown(key: Key) -> dict[str, object]:
    """Return what people may see of a key; its hash is nobody's business."""
    found: dict[str, object] = msgspec.to_builtins(key)
    found.pop("hash")
    return found


def _row(key: Key) -> tuple[str, ...]:
    rate = f"{key.rate:g}" if key.rate else "no limit"
    return key.id, key.name, key.role.value, ", ".join(key.paths) or "whole plant", rate, key.created
