"""What `pdmctl up` and `pdmctl gateway` say and take alike: the first key, and files of TLS."""

from pathlib import Path

import click

from pdm.settings import Secret

PEM = click.Path(path_type=Path, dir_okay=False, exists=True)


def show_first(key: Secret | None) -> None:
    """Show the key that the first start has created; it is kept nowhere."""
    if key is not None:
        click.echo(
            f"created the first API key, an admin's; it is not shown again:\n\n  {key}\n\n"
            "more for others: pdmctl keys create --help",
            err=True,
        )
