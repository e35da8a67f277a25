"""`pdmctl backup|restore|rebuild`: the store as an archive, and the store from the topics."""

import time
from contextlib import closing
from pathlib import Path

import click

from pdm.backup.archive import Archive
from pdm.backup.backup import backup as write_archive
from pdm.backup.errors import ArchiveError
from pdm.backup.manifest import FILES
from pdm.backup.rebuild import rebuild as build_again
from pdm.backup.restore import restore as put_back
from pdm.cli.store import chosen, data_dir_option
from pdm.cli.where import bootstrap as find_bootstrap
from pdm.cli.where import secured
from pdm.settings import Settings, environment
from pdm.store.open import open_store

_force = click.option("--force", is_flag=True, help="Replace what the store holds.")
_into = click.option("--into", metavar="URL", help="The store to fill; otherwise PDM_STORE, or the file.")

SAID = ("PDM_PARTITIONS", "PDM_KEEP_EVENTS", "PDM_KEEP_RUNS")
"""Settings that a new installation has to repeat."""


@click.command(help="Write the store, the plant file and the keys into one archive while the service runs.")
@click.argument("target", type=click.Path(path_type=Path))
@data_dir_option
def backup(target: Path, data_dir: Path | None) -> None:
    settings = chosen(data_dir)
    if target.is_dir():
        target = target / f"pdm-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.tar.gz"
    with closing(open_store(settings.store_url, writing=False)) as opened:
        said = {name: value for name, value in environment(settings).items() if name in SAID}
        manifest = write_archive(opened, target, files=_files(settings), folders={}, settings=said)
        rows = ", ".join(f"{count} {table}" for table, count in manifest.rows.items())
        click.echo(f"{target}: {rows} of {opened.where}; restored on trial, digest {manifest.digest}")


@click.command(help="Put an archive into an empty store; its hashes are checked first.")
@click.argument("archive", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@data_dir_option
@_into
@_force
@click.option("--new-broker", is_flag=True, help="The topics begin anew: read them from their start.")
@click.option("--files", type=click.Path(path_type=Path), help="Folder for the plant file and the keys.")
def restore(
    archive: Path, data_dir: Path | None, into: str | None, force: bool, new_broker: bool, files: Path | None
) -> None:
    with (
        Archive.opened(archive) as opened,
        closing(open_store(into or chosen(data_dir).store_url)) as store,
    ):
        found = put_back(store, opened, force=force, new_broker=new_broker)
        rows = ", ".join(f"{count} {table}" for table, count in found.rows.items())
        same = (
            "as" if found.sha256 == opened.manifest.digest else f"by version {opened.manifest.version} not as"
        )
        told = f"digest {found.sha256}, {same} in the archive"
        click.echo(f"{store.where}: {rows} of {opened.manifest.created}; {told}")
        _put_files(opened, files)
        for name, value in opened.manifest.settings.items():
            click.echo(f"  the archive was made with {name}={value}")


@click.command(help="Fill the store again from the topics, as far back as they go; the service may run.")
@data_dir_option
@click.option("--bootstrap", metavar="HOST:PORT", help="The broker; otherwise the running service's.")
@_into
@click.option("--force", is_flag=True, help="Even if alarms are lost that the topics no longer have.")
def rebuild(data_dir: Path | None, bootstrap: str | None, into: str | None, force: bool) -> None:
    settings = chosen(data_dir)
    broker = find_bootstrap(bootstrap, settings.data_dir if data_dir or not bootstrap else None)
    with closing(open_store(into or settings.store_url)) as store:
        rebuilt = build_again(broker, store, force=force, security=secured())
        rows = ", ".join(f"{count} {table}" for table, count in rebuilt.digest.rows.items())
        click.echo(f"{store.where}: {rows} from {rebuilt.messages} messages; digest {rebuilt.digest.sha256}")
        for topic in rebuilt.reach:
            click.echo(f"  {topic}")
        if rebuilt.unreadable or rebuilt.lost:
            click.echo(f"  {rebuilt.unreadable} messages were no records, {rebuilt.lost} alarms are lost")


def _files(settings: Settings) -> dict[str, Path]:
    """Return what belongs to a backup beside the store."""
    found = {"plant.toml": settings.plant} if settings.plant else {}
    beside = {"keys.json": settings.keys_file}
    return {**found, **{name: path for name, path in beside.items() if path.is_file()}}


def _put_files(archive: Archive, folder: Path | None) -> None:
    """Write the files beside the store where they were asked for; nothing there is overwritten."""
    for name, path in archive.files(FILES).items():
        if folder is None:
            click.echo(f"  the archive holds {name} too: say --files FOLDER to have it")
            continue
        target = folder / name
        if target.exists():
            raise ArchiveError(f"{target} is there already, and stays as it is")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch(mode=0o600)
        target.write_bytes(path.read_bytes())
        click.echo(f"  {target} written")
