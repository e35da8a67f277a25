"""`pdmctl store digest`: what is in the store, in one line that can be compared."""

import os
from contextlib import closing
from pathlib import Path

import click
import msgspec

from pdm import settings
from pdm.settings import Settings
from pdm.store.digest import digest as tell
from pdm.store.open import open_store

data_dir_option = click.option(
    "--data-dir", type=click.Path(path_type=Path), help="Where the service keeps its data: ./pdm-data."
)


def chosen(data_dir: Path | None) -> Settings:
    """Read the settings, with the data directory that was said."""
    said = {"PDM_DATA_DIR": str(data_dir)} if data_dir else {}
    return settings.read({**os.environ, **said})


@click.group(help="The store that PDM_STORE names, or the one in the data directory.")
def store() -> None:
    pass


@store.command("digest", help="Tell the digest: equal for equal contents, on every engine.")
@data_dir_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def digest(data_dir: Path | None, as_json: bool) -> None:
    with closing(open_store(chosen(data_dir).store_url, writing=False)) as opened:
        with opened.snapshot() as connection:
            found = tell(connection)
        if as_json:
            click.echo(msgspec.json.encode(found))
            return
        click.echo(f"{found.sha256}  {opened.where}")
        for table, rows in found.rows.items():
            click.echo(f"{found.tables[table]}  {table}, {rows} rows")
