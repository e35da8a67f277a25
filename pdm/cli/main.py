"""`pdmctl`: finds the command by name and imports it only then, so that help is instant."""

from importlib import import_module

import click

from pdm.errors import PdmError

COMMANDS = {
    "up": "pdm.cli.up:up",
    "demo": "pdm.cli.demo:demo",
    "replay": "pdm.cli.replay:replay",
    "evaluate": "pdm.cli.evaluate:evaluate",
    "novelty": "pdm.cli.novelty:novelty",
    "diff": "pdm.cli.diff:diff",
    "fit": "pdm.cli.fit:fit",
    "assets": "pdm.cli.assets:assets",
    "events": "pdm.cli.events:events",
    "why": "pdm.cli.why:why",
    "advice": "pdm.cli.advice:advice",
    "late": "pdm.cli.late:late",
    "maintenance": "pdm.cli.maintenance:maintenance",
    "rules": "pdm.cli.rules:rules",
    "receipts": "pdm.cli.receipts:receipts",
    "dlq": "pdm.cli.dlq:dlq",
    "keys": "pdm.cli.keys:keys",
    "export": "pdm.cli.export:export",
    "import": "pdm.cli.backfill:backfill",
    "topics": "pdm.cli.topics:topics",
    "lag": "pdm.cli.lag:lag",
    "status": "pdm.cli.status:status",
    "audit": "pdm.cli.audit:audit",
    "plant": "pdm.cli.plant:plant",
    "store": "pdm.cli.store:store",
    "backup": "pdm.cli.backup:backup",
    "restore": "pdm.cli.backup:restore",
    "rebuild": "pdm.cli.backup:rebuild",
    "state": "pdm.cli.state:state",
    "mapping": "pdm.cli.mapping:mapping",
    "gateway": "pdm.cli.gateway:gateway",
    "ingest": "pdm.cli.ingest:ingest",
    "align": "pdm.cli.workers:align",
    "monitor": "pdm.cli.workers:monitor",
    "advisor": "pdm.cli.workers:advisor",
    "recorder": "pdm.cli.workers:recorder",
    "historian": "pdm.cli.workers:historian",
}
"""Command name -> module:attribute, in the order in which help lists them."""

HELP = {
    "up": "Start everything on this machine.",
    "demo": "Watch a simulated plant in a throwaway service, with a scorecard.",
    "replay": "Send recorded files through the service, or through the pure chain.",
    "evaluate": "Compare events with what truly happened.",
    "novelty": "Score one slow signal from a CSV file: is there anything new in it?",
    "diff": "Show which alarms a change adds, removes or moves.",
    "fit": "Learn from recorded files what the drivers of a machine let expect.",
    "assets": "Show the machines and their condition.",
    "events": "Show what was found.",
    "why": "Tell why there was an alarm, or none.",
    "advice": "Show what is advised.",
    "late": "List readings that came too late to be judged, and the alarms open then.",
    "maintenance": "Announce, list and end maintenance of machines.",
    "rules": "Check rule packs, and put them in force.",
    "receipts": "Show what requests were answered, verdict by verdict.",
    "dlq": "Show what was put aside, and put it back.",
    "keys": "Create, list or revoke API keys.",
    "export": "Write readings out of the history, as CSV, Parquet or JSON lines.",
    "import": "Load recorded readings into the history, past all alarms.",
    "topics": "Create or list the topics.",
    "lag": "Show how far each process is behind.",
    "status": "Show the processes: since when they run, how often restarted, how far behind.",
    "audit": "Check that every reading is accounted for.",
    "plant": "Check a plant file.",
    "store": "Tell the digest of the store.",
    "backup": "Write everything in the store into one archive.",
    "restore": "Put an archive into a store.",
    "rebuild": "Fill the store again from the topics.",
    "state": "Let a stage begin its state again from the topics.",
    "mapping": "Try what line protocol and telemetry become.",
    "gateway": "Run the HTTP door for readings and questions.",
    "ingest": "Run the process that takes single JSON readings from Kafka.",
    "align": "Run the process that closes frames in event time.",
    "monitor": "Run the process that finds events.",
    "advisor": "Run the process that gives advice on events.",
    "recorder": "Run the process that fills the store.",
    "historian": "Run the process that writes the history.",
}
"""One line for each command, so that the list does not import what each of them needs."""


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

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List all commands with one line each, importing none."""
        with formatter.section("Commands"):
            formatter.write_dl(list(HELP.items()))

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what went wrong outside of the program is told in one sentence, status 1."""
        try:
            return super().invoke(ctx)
        except PdmError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=LazyGroup)
@click.version_option(package_name="pdm-service")
def main() -> None:
    """Predictive maintenance that a plant can trust."""
