"""What a finished demo says on the terminal, and where it leads."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from pdm.demo.report import verdict
from pdm.demo.result import Scorecard

DEFAULT_URL = "http://127.0.0.1:8080"


def follow_ups(url: str, bootstrap: str, folder: Path) -> list[str]:
    """Commands and addresses that work as long as the service runs."""
    at = "" if url == DEFAULT_URL else f" --url {url}"
    return [
        f"pdmctl events{at}                 the alarms as a table",
        f"pdmctl assets{at}                 where each machine stands",
        f"pdmctl advice{at}                 what to do about it",
        f"curl {url}/v1/events          the same as JSON",
        f"curl {url}/metrics            what Prometheus scrapes",
        f"pdmctl lag --bootstrap {bootstrap}   how far each worker is",
        f"{folder / 'plant.toml'}   the plant file",
    ]


def again(seed: int) -> list[str]:
    """Commands that lead on when everything has stopped."""
    return [
        f"pdmctl demo --seed {seed} --keep     the same, left running: pdmctl events, assets",
        f"pdmctl demo --seed {seed + 1}            another plant",
        "pdmctl up                     a service of your own: POST /v1/readings",
    ]


def summary(card: Scorecard, report: Path, leads: Sequence[str]) -> list[Text]:
    """Set the scorecard as lines."""
    delay = "none" if card.median_delay_s is None else f"{card.median_delay_s:.0f} s of data time"
    first = "none" if card.first_event_s is None else f"{card.first_event_s:.1f} s after the start"
    kept = f"{card.lost} lost, {card.duplicate_rows} twice, {card.rejected} refused"
    rows = [
        ("machine faults", f"{card.detected} of {card.faults} found, median delay {delay}"),
        ("false alarms", f"{card.false_alarms}, with {card.sensor_faults} lying sensors"),
        ("advice", f"{card.advice}; names the cause of {card.named}, first of {card.named_first}"),
        ("first event", first),
        (
            "readings",
            f"{card.readings:,} of {card.machines} machines: {kept}, {card.dead_letters} dead letters",
        ),
        ("pace", f"{card.readings_per_s:,.0f} readings/s, {card.times_real_time:.0f} times real time"),
        ("replay", "the log gives the same events again" if card.replayed else "the log gives OTHER events"),
        ("report", f"{report.absolute().as_uri()}"),
    ]
    rows += [("" if number else "next", line) for number, line in enumerate(leads)]
    return [Text.assemble((f"{name:<16}", "dim"), value) for name, value in rows]


def tell(card: Scorecard, report: Path, leads: Sequence[str], console: Console) -> None:
    """Print how it went, and where to look next."""
    for line in (Text(verdict(card), style="bold"), *summary(card, report, leads)):
        console.print(line, soft_wrap=True)
