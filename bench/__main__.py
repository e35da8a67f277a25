"""`python -m bench NAME --json`: one benchmark; its result goes to bench/results/NAME.json."""

from importlib import import_module
from pathlib import Path

import click
import msgspec

from bench.progress import say
from bench.result import RESULTS, keep, result

BENCHES = {
    "monitor": "step from the ordered log, with all detectors and checkpoints",
    "chain": "align and monitor as processes, with the broker in between",
    "gateway": "from a request to its acknowledged blocks, JSON and line protocol, one gateway process",
    "latency": "from an accepted reading to its event, the whole service under load",
    "growth": "what a reading and a channel cost from 100 to 100,000 machines",
    "recovery": "align and the monitor crashed with 100,000 machines: how soon they are back",
    "whole": "the whole service at its limit for five minutes",
    "ingest": "single JSON readings from Kafka through one process, until their blocks are acknowledged",
    "history": "the ordered log into Parquet, merged and read back",
    "kills": "every process crashed under load: what became of the events",
    "nab": "novelty of single signals: the Numenta Anomaly Benchmark, thresholds from other categories",
    "ablation": "each member of the detector family left out: false alarms at equal recall, and cost",
    "order": "plants delivered in other orders, with workers crashed: event logs equal to those in order",
    "sensors": "seven kinds of sensor faults on simulated machines, told from machine faults or not",
    "sisters": "what a new machine gains from its sisters: faults seen in its first minutes, false alarms",
    "faults": "every kind of fault under load: what is promised, and what was seen",
    "detection": "faults found and false alarms on recorded and simulated machines, by the whole protocol",
}
"""Permanent ids: a benchmark that measures something else gets another name."""

SEED = 7


@click.command(help="Run a benchmark: " + "; ".join(f"{name}: {what}" for name, what in BENCHES.items()))
@click.argument("name", type=click.Choice(list(BENCHES)))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where the result is kept.")
@click.option("--seed", default=SEED, show_default=True, help="Of whatever is drawn.")
@click.option("--set", "sizes", multiple=True, metavar="NAME=NUMBER", help="Another size than the usual one.")
@click.option("--quick", is_flag=True, help="The quick part only, where a benchmark has one.")
def main(name: str, as_json: bool, out: Path | None, seed: int, sizes: tuple[str, ...], quick: bool) -> None:
    """Run one benchmark and keep its result."""
    say(f"{name}: {BENCHES[name]}")
    chosen = {key: int(value) for key, _, value in (size.partition("=") for size in sizes)}
    if quick:
        chosen["quick"] = True
    content = result(name, seed, import_module(f"bench.{name}").run(seed=seed, **chosen))
    keep(content, out or RESULTS / f"{name}.json")
    if as_json:
        click.echo(msgspec.json.encode(content))
    else:
        for key, value in content.items():
            click.echo(f"{key:24} {value}")


if __name__ == "__main__":
    main()
