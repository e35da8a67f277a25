"""`pdmctl why`: what was known of a machine at an instant, and which stage said no."""

import time

import click

from pdm.chain.advisory.figures import figures, shown
from pdm.cli.service import Asked, ask, given, print_json, service_options
from pdm.cli.tables import local_time, print_table
from pdm.instant import rfc3339
from pdm.records.decision import ChannelDecision, Decision, EventDecision

PASSED = {True: "passed", False: "stopped here"}
CHANNELS = ("channel", "value", "usual", "may move", "by limits", "by baseline", "by expectation")


@click.command(help="Tell why a machine was in alarm at TIME (RFC 3339; now unless said), or was not.")
@service_options
@click.argument("asset", required=False)
@click.argument("moment", metavar="[TIME]", required=False)
@click.option("--event", help="Ask about the raise of this alarm instead, and judge it again.")
def why(asked: Asked, asset: str | None, moment: str | None, event: str | None) -> None:
    if (asset is None) == (event is None):
        raise click.UsageError("name a machine, or an alarm with --event")
    if event is not None:
        told = ask(asked.url, f"/v1/events/{event}/decision", given(run=asked.run), EventDecision, asked.ca)
        print_json(told) if asked.as_json else _show_event(told)
        return
    wanted = given(time=moment or rfc3339(time.time_ns()), run=asked.run)
    found = ask(asked.url, f"/v1/assets/{asset}/decision", wanted, Decision, asked.ca)
    print_json(found) if asked.as_json else show(found)


def show(found: Decision) -> None:
    """Print a decision for people."""
    verdict = "an alarm" if found.alarm else "no alarm"
    click.echo(f"{found.asset} at {local_time(found.time)}: {verdict}. {found.because}\n")
    passed = [(one.stage.value, PASSED[one.passed], one.said) for one in found.path]
    print_table(("stage", "", "what it said"), passed, "")
    click.echo()
    print_table(CHANNELS, [_row(channel) for channel in found.channels], "No channels.")
    basis = found.basis
    since = (
        f"judged again from {local_time(basis.from_snapshot)}" if basis.from_snapshot else "from its start"
    )
    rules = f"rules {', '.join(basis.rules)}, " if basis.rules else ""
    click.echo(
        f"\n{found.phase}, baseline epoch {found.epoch}, plant file {basis.plant_sha256[:12]}, {rules}"
        f"log {basis.partition}/{basis.offset}; {since}"
    )


def _show_event(told: EventDecision) -> None:
    show(told.decision)
    same = "the same event, byte for byte" if told.same else "NOT the event that was recorded"
    click.echo(f"judged again it is {same}")


def _row(channel: ChannelDecision) -> tuple[str, ...]:
    def said(value: float | None) -> str:
        if value is None:
            return "-"
        number, unit = shown(value, channel.quantity, channel.unit, channel.shown_unit)
        return f"{figures([number])[0]} {unit}".strip()

    usual = said(channel.baseline) if channel.ready else "learning"
    scores = (f"{score:.2f}" for score in (channel.limit, channel.drift, channel.residual))
    return channel.channel, said(channel.value), usual, _difference(channel), *scores


def _difference(channel: ChannelDecision) -> str:
    """Write an allowance, which is a difference, in the unit people read."""
    if channel.allowance is None:
        return "-"
    zero, unit = shown(0.0, channel.quantity, channel.unit, channel.shown_unit)
    number, _ = shown(channel.allowance, channel.quantity, channel.unit, channel.shown_unit)
    return f"{figures([number - zero])[0]} {unit}".strip()
