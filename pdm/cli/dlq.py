"""`pdmctl dlq`: what was put aside, why, and how to put it back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import msgspec

from pdm.broker.letters import Letter, escaped, letters, replay, why_not
from pdm.cli.tables import local_time, print_table
from pdm.cli.where import bootstrap as find_bootstrap
from pdm.cli.where import secured
from pdm.instant import rfc3339
from pdm.records.reading import Reason

SHOWN_BYTES = 4_096

_REASONS = [reason.value for reason in Reason]


def _broker(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the two options that say which broker."""
    command = click.option(
        "--data-dir", type=click.Path(path_type=Path), help="Use the broker of the service there."
    )(command)
    return click.option("--bootstrap", metavar="HOST:PORT", help="The broker; otherwise PDM_BOOTSTRAP.")(
        command
    )


@click.group(help="Dead letters: messages that could not be used, with their bytes and the reason.")
def dlq() -> None:
    pass


@dlq.command("list", help="List dead letters, the latest last; those that were replayed only with --all.")
@_broker
@click.option("--reason", type=click.Choice(_REASONS), help="Only those with this reason.")
@click.option("--topic", help="Only those that came from this topic.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="The latest.")
@click.option("--all", "with_replayed", is_flag=True, help="Also those that were replayed.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_(
    bootstrap: str | None,
    data_dir: Path | None,
    reason: str | None,
    topic: str | None,
    limit: int,
    with_replayed: bool,
    as_json: bool,
) -> None:
    found = [
        one
        for one in letters(find_bootstrap(bootstrap, data_dir), secured())
        if (with_replayed or not one.replayed)
        and reason in {None, one.letter.reason.value}
        and topic in {None, one.letter.topic}
    ][-limit:]
    if as_json:
        click.echo(msgspec.json.encode({"letters": found}))
        return
    _table(found)


@dlq.command("show", help="Show one dead letter: why it is one, and what it holds, safe for a terminal.")
@click.argument("key")
@_broker
@click.option("--raw", is_flag=True, help="Write the kept bytes as they are, for a file.")
def show(key: str, bootstrap: str | None, data_dir: Path | None, raw: bool) -> None:
    one = _named(letters(find_bootstrap(bootstrap, data_dir), secured()), key)
    letter = one.letter
    if raw:
        click.get_binary_stream("stdout").write(letter.original)
        return
    said = [(name, escaped(value)) for name, value in letter.headers]
    for name, text in (
        ("origin", f"{letter.topic}, partition {letter.partition}, offset {letter.offset}"),
        ("written", local_time(rfc3339(one.time_ns))),
        ("reason", f"{letter.reason.value}: {letter.detail}"),
        ("length", f"{letter.length} bytes, {len(letter.original)} of them kept"),
        ("sha256", letter.sha256),
        ("key", escaped(letter.message_key) if letter.message_key is not None else "none known"),
        *said,
        ("replay", "was put back" if one.replayed else why_not(letter) or "possible"),
    ):
        click.echo(f"{name:<10} {escaped(text.encode())}")
    click.echo()
    click.echo(escaped(letter.original[:SHOWN_BYTES]))
    if len(letter.original) > SHOWN_BYTES:
        click.echo(f"... {len(letter.original) - SHOWN_BYTES} bytes more: --raw shows all that was kept")


@dlq.command("replay", help="Put originals back on the topic they came from, to be judged again.")
@click.argument("key", required=False)
@_broker
@click.option("--all", "everything", is_flag=True, help="All that can be put back and was not yet.")
@click.option("--reason", type=click.Choice(_REASONS), help="All of those with this reason.")
@click.option("--again", is_flag=True, help="Also what was put back before.")
def replay_(
    key: str | None,
    bootstrap: str | None,
    data_dir: Path | None,
    everything: bool,
    reason: str | None,
    again: bool,
) -> None:
    if sum((key is not None, everything, reason is not None)) != 1:
        raise click.UsageError("say which: a KEY, --all, or --reason REASON")
    where, how = find_bootstrap(bootstrap, data_dir), secured()
    found = letters(where, how)
    if key is not None:
        one = _named(found, key)
        if why := why_not(one.letter):
            raise click.ClickException(why)
        if one.replayed and not again:
            raise click.ClickException(f"{key} was put back before; --again does it once more")
        chosen = [one]
    else:
        wanted = [one for one in found if reason in {None, one.letter.reason.value}]
        chosen = [one for one in wanted if not why_not(one.letter) and (again or not one.replayed)]
    replay(where, chosen, how)
    click.echo(f"{len(chosen)} put back; what is refused again comes back as a new dead letter")


def _table(found: list[Letter]) -> None:
    """Print letters, one a line."""
    rows = [
        (
            local_time(rfc3339(one.time_ns)),
            escaped(one.key.encode()),
            one.letter.reason.value,
            str(one.letter.length),
            "replayed" if one.replayed else "",
            escaped(one.letter.detail.encode()).replace("\n", " "),
        )
        for one in found
    ]
    print_table(("written", "key", "reason", "bytes", "", "detail"), rows, "no dead letters")


def _named(found: list[Letter], key: str) -> Letter:
    """Find a letter by its key; raises ClickException."""
    for one in found:
        if one.key == key:
            return one
    raise click.ClickException(f"no dead letter {key!r}: `pdmctl dlq list` shows their keys")
