"""`pdmctl rules`: rule packs checked, held against what is in force, and put there."""

from pathlib import Path

import click
import msgspec

from pdm.cli.service import Asked, ask, collect, given, post, print_json, service_options
from pdm.cli.tables import local_time, print_table
from pdm.errors import RulesError
from pdm.gateway.rules import RulesDetail, RulesDiff, RulesLine
from pdm.plant.load import load
from pdm.records.posted_control import PostedRules
from pdm.rules.changes import RuleChange, contradictions, declared, idle
from pdm.rules.pack import Pack
from pdm.rules.read import parse
from pdm.rules.rulebook import Rulebook
from pdm.store.protocol import Page

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
COLUMNS = ("applied", "pack", "version", "state", "rules", "who", "note", "source")
CHANGES = ("machine", "channel", "what", "before", "after", "unit", "by")


@click.group(help="Check rule packs, and put them in force.")
def rules() -> None:
    pass


@rules.command(help="Say what is in the rule pack FILE, or which line is wrong.")
@click.argument("file", type=FILE)
@click.option("--plant", type=FILE, help="Hold it against this plant file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(file: Path, plant: Path | None, as_json: bool) -> None:
    try:
        pack = _checked(file, plant)
    except RulesError as error:
        if as_json:
            click.echo(msgspec.json.encode({"ok": False, "line": error.line, "problem": error.problem}))
            raise SystemExit(1) from None
        raise
    found = {"name": pack.name, "version": pack.version, "rules": len(pack.rules), "source": pack.source}
    if as_json:
        click.echo(msgspec.json.encode({"ok": True, **found}))
        return
    click.echo(f"{file}: in order")
    click.echo(", ".join(f"{name} {value}" for name, value in found.items()))
    if plant:
        known = load(plant)
        _tell_idle(idle(pack, Rulebook(known, [pack]), declared(known)))


@rules.command(help="Put the rule pack FILE in force: over the plant file and all packs before it.")
@click.argument("file", type=FILE)
@click.option("--note", default="", help="Why; it is kept with your name.")
@service_options
def apply(asked: Asked, file: Path, note: str) -> None:
    line = post(asked.url, "/v1/rules", PostedRules(_read(file).toml, note), RulesLine, asked.ca)
    if asked.as_json:
        print_json(line)
    else:
        print_table(COLUMNS, [_row(line)], "")


@rules.command(help="Say what the rule pack FILE would change, for which machine and channel.")
@click.argument("file", type=FILE)
@service_options
def diff(asked: Asked, file: Path) -> None:
    found = post(asked.url, "/v1/rules/diff", PostedRules(_read(file).toml), RulesDiff, asked.ca)
    if asked.as_json:
        print_json(found)
        return
    print_table(CHANGES, [_changed(one) for one in found.changes], "Nothing changes.")
    _tell_idle(list(found.idle))


@rules.command("list", help="List what was put in force, by whom and when, the latest first.")
@service_options
@click.option("--name", help="Of one pack only.")
def listing(asked: Asked, name: str | None) -> None:
    page = collect(asked, "/v1/rules", given(name=name), Page[RulesLine])
    if asked.as_json:
        print_json(page)
        return
    print_table(COLUMNS, [_row(line) for line in page.items], "No rules but those of the plant file.")


@rules.command(help="Show the rule pack NAME as it is in force.")
@click.argument("name")
@service_options
def show(asked: Asked, name: str) -> None:
    found = ask(asked.url, f"/v1/rules/{name}", [], RulesDetail, asked.ca)
    if asked.as_json:
        print_json(found)
        return
    said = f": {found.note}" if found.note else ""
    click.echo(f"# {found.name} {found.version}, put in force {local_time(found.time)} by {found.who}{said}")
    click.echo(found.toml, nl=not found.toml.endswith("\n"))


def _read(file: Path) -> Pack:
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise RulesError(str(file), 0, f"cannot be read: {wrong}") from None
    return parse(text, str(file))


def _checked(file: Path, plant: Path | None) -> Pack:
    """Read a pack, and hold it against a plant file; raises RulesError."""
    pack, known = _read(file), load(plant)
    wrong = contradictions(Rulebook(known, [pack]), declared(known))
    if wrong:
        raise RulesError(str(file), 0, "; ".join(wrong))
    return pack


def _tell_idle(places: list[int]) -> None:
    for place in places:
        click.echo(f"rule {place} fits no channel that is known: is it meant so?", err=True)


def _row(line: RulesLine) -> tuple[str, ...]:
    state = "in force" if line.in_force else "replaced"
    told = local_time(line.time), line.name, line.version, state, str(line.rules)
    return (*told, line.who, line.note, line.source)


def _changed(one: RuleChange) -> tuple[str, ...]:
    whose = one.asset or f"class {one.machine_class}"
    return whose, one.channel, one.what, _number(one.before), _number(one.after), one.unit, one.source


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.6g}"
