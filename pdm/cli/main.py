"""`pdmctl`: finds the command by name and imports it only then, so that help is instant."""

from importlib import import_module

import click

COMMANDS = {
    "up": "pdm.cli.up:up",
    "demo": "pdm.cli.demo:demo",
    "replay": "pdm.cli.replay:replay",
    "evaluate": "pdm.cli.evaluate:evaluate",
    "assets": "pdm.cli.assets:assets",
    "events": "pdm.cli.events:events",
    "advice": "pdm.cli.advice:advice",
    "topics": "pdm.cli.topics:topics",
    "lag": "pdm.cli.lag:lag",
    "plant": "pdm.cli.plant:plant",
    "gateway": "pdm.cli.gateway:gateway",
    "align": "pdm.cli.workers:align",
    "monitor": "pdm.cli.workers:monitor",
    "advisor": "pdm.cli.workers:advisor",
    "recorder": "pdm.cli.workers:recorder",
}
"""Command name -> module:attribute, in the order in which help lists them."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Name all commands in the order of the registry."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Import the command called `name`, or None where there is none."""
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(cls=LazyGroup)
@click.version_option(package_name="pdm-service")
def main() -> None:
    """Predictive maintenance that a plant can trust."""
